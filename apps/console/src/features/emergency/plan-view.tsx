import { Checkbox, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PlanRollback, RollbackPlan } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Fold } from '../../parts/fold.tsx';
import { VersionDiff } from '../assignments/plan-diff.tsx';
import { ShiftTable } from '../holds/shift-table.tsx';
import { wordReference } from '../services/word-reference.ts';
import { ConsequenceLists } from './consequence-lists.tsx';

interface PlanViewProps {
  wish: PlanRollback;
  plan: RollbackPlan;
  isFurther: boolean;
  onFurther: (isFurther: boolean) => void;
}

/** What a rollback would do: how many, who not and why, what it overrides and what it stops. */
export function PlanView({ wish, plan, isFurther, onFurther }: PlanViewProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { affectedCount, inScopeCount, leftOut, chain, byMove, alsoReachedBy } = plan;
  // Who is left out is not in the hold, which therefore lists the others.
  const isListed = wish.scope?.kind === 'tenants' || plan.warnings.some(({ code }) => code === 'SCOPE_NARROWED');
  const landing = chain.at(-1) ?? wish.toVersion;
  return (
    <Stack gap="sm" data-testid="rollback-plan">
      <div>
        <Text size="xl" fw={650} role="status">
          {t('emergency.affected', { count: affectedCount })}
        </Text>
        <Text size="md" component="div">
          <span className="mono">{wish.serviceId}</span> <VersionDiff from={wish.fromVersion} to={landing} />
        </Text>
        <Text size="sm" c="dimmed">
          {t(`emergency.heldScope.${isListed ? 'tenants' : 'all'}`, {
            scope: number(inScopeCount),
            from: wish.fromVersion,
          })}
        </Text>
        {affectedCount === 0 && <Text size="sm">{t('emergency.nobodyMoves', { from: wish.fromVersion })}</Text>}
        {chain.length > 2 && (
          <Text size="sm">
            {t('emergency.chain', { to: wish.toVersion })} <span className="mono">{chain.join(' → ')}</span>
          </Text>
        )}
      </div>
      {isFurther && (
        <Checkbox label={t('emergency.further')} checked onChange={(event) => onFurther(event.currentTarget.checked)} />
      )}
      <ConsequenceLists {...plan} leftOut={leftOut} isPlan />
      {byMove.length > 1 && (
        <ul className="plain-list">
          {byMove.map((group) => (
            <li key={`${group.fromVersion} ${group.toVersion}`}>
              <VersionDiff from={group.fromVersion} to={group.toVersion} />{' '}
              {t('plan.tenantCount', { count: group.tenantCount })}
            </li>
          ))}
        </ul>
      )}
      {alsoReachedBy.length > 0 && (
        <Fold title={t('emergency.alsoReachedBy')} count={alsoReachedBy.length} means={t('emergency.alsoReachedMeans')}>
          <ul className="plain-list mono">
            {alsoReachedBy.map((reference) => (
              <li key={JSON.stringify(reference)}>{wordReference(reference)}</li>
            ))}
          </ul>
        </Fold>
      )}
      {plan.moves.length > 0 && (
        <Fold title={t('plan.moves')} count={affectedCount} means={t('emergency.movesMean')}>
          <ShiftTable shifts={plan.moves} />
          {plan.isTruncated && (
            <Text size="xs" c="dimmed">
              {t('plan.truncated', { shown: number(plan.moves.length), all: number(affectedCount) })}
            </Text>
          )}
        </Fold>
      )}
    </Stack>
  );
}
