import { useTranslation } from 'react-i18next';
import type { Convergence } from '../../api/convergence.ts';

/** Says on how many routers a change is effective, and which are missing; nothing when nobody had to be waited for. */
export function useEffectiveWords(): (convergence: Convergence | undefined) => string | undefined {
  const { t } = useTranslation();
  return (convergence) => {
    if (!convergence) return undefined;
    const { applied, total, missing } = convergence;
    const effective = t('routers.effectiveOn', { applied, count: total });
    if (applied >= total) return effective;
    const unnamed = total - applied - missing.length;
    const names = [...missing, ...(unnamed > 0 ? [t('routers.unnamed', { unnamed })] : [])].join(', ');
    return `${effective} ${t('routers.notYetOn', { names })}`;
  };
}
