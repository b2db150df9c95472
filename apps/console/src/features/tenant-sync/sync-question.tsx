import { Button, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TenantSyncPlan } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';

/** The guard's question on the page: what waits, by how much it is too much, and the way to an answer. */
export function SyncQuestion({
  plan,
  isBusy,
  onReview,
}: {
  plan: TenantSyncPlan;
  isBusy: boolean;
  /** Absent for those who may not answer. */
  onReview: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  return (
    <section className="panel" data-tone="warn" aria-label={t('tenantSync.question')}>
      <Stack gap={6}>
        <Text size="md" fw={600}>
          {t('tenantSync.question')}
        </Text>
        <PlanShare plan={plan} />
        <PlanEffect plan={plan} />
        <Group gap="sm" mt={4}>
          {onReview ? (
            <Button onClick={onReview} loading={isBusy}>
              {t('tenantSync.review')}
            </Button>
          ) : (
            <Text size="sm">{t('tenantSync.mayNotAnswer')}</Text>
          )}
        </Group>
      </Stack>
    </section>
  );
}

/** How much of what is here would be affected, against what goes without a question. */
export function PlanShare({ plan }: { plan: TenantSyncPlan }) {
  const { t } = useTranslation();
  const { number, percent } = useFormat();
  return (
    <Text size="sm" data-testid="sync-share">
      {t('tenantSync.share', {
        affected: number(plan.affectedCount),
        synced: number(plan.syncedCount),
        share: percent(plan.share),
        limit: number(plan.limitCount),
        maxShare: percent(plan.maxShare),
      })}
    </Text>
  );
}

/** What would be done: deletions first, since nobody takes them back. */
export function PlanEffect({ plan }: { plan: TenantSyncPlan }) {
  const { t } = useTranslation();
  const { deleted, updated, created } = plan.counts;
  return (
    <Stack gap={2}>
      {deleted > 0 && (
        <Text size="sm" c="var(--bad)" fw={600}>
          {t('tenantSync.wouldDelete', { count: deleted })}
          {plan.assignmentCount > 0 && ` ${t('tenantSync.wouldTake', { count: plan.assignmentCount })}`}
        </Text>
      )}
      {updated > 0 && <Text size="sm">{t('tenantSync.wouldUpdate', { count: updated })}</Text>}
      {created > 0 && <Text size="sm">{t('tenantSync.wouldCreate', { count: created })}</Text>}
    </Stack>
  );
}
