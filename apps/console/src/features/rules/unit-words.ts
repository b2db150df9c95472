import { useTranslation } from 'react-i18next';
import type { Unit } from './rule-types.ts';

/** Who is counted, in words: "user", "cookie sid". */
export function useUnitWords(): (unit: Unit) => string {
  const { t } = useTranslation();
  return (unit) => {
    const word = t(`rules.unit.${unit.by}`);
    return 'name' in unit ? `${word} ${unit.name}` : word;
  };
}
