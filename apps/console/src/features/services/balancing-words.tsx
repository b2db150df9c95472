import { useTranslation } from 'react-i18next';
import type { Balancing } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { useUnitWords } from '../rules/unit-words.ts';

/** What the balancer is told beside its name. */
export function BalancingWords({ balancing }: { balancing: Balancing }) {
  const { t } = useTranslation();
  const { duration } = useFormat();
  const wordUnit = useUnitWords();
  const { hashKey, affinity, slowStartMs } = balancing;
  const words = [
    ...(hashKey ? [t('services.hashedBy', { unit: wordUnit(hashKey) })] : []),
    ...(affinity ? [t('services.staysBy', { unit: wordUnit(affinity) })] : []),
    ...(slowStartMs ? [t('services.startsWithin', { time: duration(slowStartMs) })] : []),
  ];
  return words.length === 0 ? null : <span className="dimmed">{`(${words.join(', ')})`}</span>;
}
