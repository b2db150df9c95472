import { Box, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { GuardOverride, Objection, PlanUpgradeBatch, UpgradeBatchPlan } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Fold } from '../../parts/fold.tsx';
import { ObjectionList } from '../../parts/refused-moves.tsx';
import { SetAside } from '../../parts/set-aside.tsx';

interface BatchPlanViewProps {
  plan: UpgradeBatchPlan;
  request: PlanUpgradeBatch;
  onOverride: (override: GuardOverride | undefined) => void;
}

/** Who is in which wave, who in none and why, and what speaks against it. */
export function BatchPlanView({ plan, request, onOverride }: BatchPlanViewProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const wordLeftOut = useLeftOutWords();
  // Those of the guards, which the contract leaves open here.
  const objections = plan.objections as Objection[];
  const canOverride = objections.length > 0 && objections.every((one) => one.isOverridable);
  return (
    <>
      <Text fw={600} role="status">
        {t('batches.new.summary', {
          count: plan.tenantCount,
          service: request.serviceId,
          to: request.toVersion,
          waves: number(plan.waves.length),
        })}
      </Text>
      <ol className="plan-waves">
        {plan.waves.map((wave) => (
          <li key={wave.number}>
            <strong>
              {number(wave.number)} {'·'} {wave.name}
            </strong>
            <span className="plan-wave-count">{t('batches.tenantCount', { count: wave.tenantCount })}</span>
            <ShareWords name={t('filter.tier')} shares={wave.byTier} />
            <ShareWords name={t('filter.region')} shares={wave.byRegion} />
            <span className="mono dimmed plan-wave-sample">
              {wave.sample.join(' ')}
              {wave.tenantCount > wave.sample.length && ' …'}
            </span>
          </li>
        ))}
      </ol>
      {plan.leftOutCount > 0 && (
        <Fold
          title={t('batches.new.leftOut')}
          count={plan.leftOutCount}
          means={t('batches.new.leftOutMeans')}
          isOpen={plan.leftOutCount <= 20}
        >
          <Box component="section" className="batch-left-out" aria-label={t('batches.new.leftOut')} tabIndex={0}>
            <ul className="plain-list">
              {plan.leftOut.map((one) => (
                <li key={`${one.tenantId} ${one.code}`}>
                  <strong className="mono">{one.tenantId}</strong> {wordLeftOut(one)}{' '}
                  <span className="mono dimmed">{one.code}</span>
                </li>
              ))}
            </ul>
          </Box>
          {plan.leftOutCount > plan.leftOut.length && (
            <Text size="xs" c="dimmed">
              {t('state.firstOf', { shown: number(plan.leftOut.length), all: number(plan.leftOutCount) })}
            </Text>
          )}
        </Fold>
      )}
      {objections.length > 0 && (
        <section className="panel" data-tone="warn">
          <Text size="sm" fw={600}>
            {t('batches.new.objections', { count: plan.objectionCount })}
          </Text>
          <ObjectionList objections={objections} />
        </section>
      )}
      <SetAside override={request.override} count={canOverride ? plan.objectionCount : 0} onOverride={onOverride} />
    </>
  );
}

/** Why a tenant is in no wave, in the operator's language; what the API knows more of stands behind it. */
function useLeftOutWords() {
  const { t, i18n } = useTranslation();
  return ({ code, message }: Pick<UpgradeBatchPlan['leftOut'][number], 'code' | 'message'>) => {
    if (!i18n.exists(`batches.leftOut.${code}`)) return message;
    const words = t(`batches.leftOut.${code as 'PINNED'}`);
    return code === 'UPGRADE_REFUSED' || code === 'HELD' ? `${words} ${message}` : words;
  };
}

/** The largest shares first; more than a few are summed up. */
function ShareWords({ name, shares }: { name: string; shares: Readonly<Record<string, number>> }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const sorted = Object.entries(shares).sort(([, a], [, b]) => b - a);
  const further = sorted.slice(6).reduce((sum, [, count]) => sum + count, 0);
  return (
    <span>
      <span className="dimmed">{name}</span>{' '}
      {sorted
        .slice(0, 6)
        .map(([key, count]) => `${key || t('state.none')} ${number(count)}`)
        .join(' · ')}
      {further > 0 && ` · … ${number(further)}`}
    </span>
  );
}
