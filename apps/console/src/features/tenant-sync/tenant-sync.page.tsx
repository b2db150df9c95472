import { Button, Stack, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getTenantSync, runTenantSync } from '../../api/generated/grey.ts';
import type { TenantSyncResult, TenantSyncStatus } from '../../api/generated/model/index.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { ConfirmSync } from './confirm-sync.tsx';
import { affectedKeys, asideKeys } from './sync-counts.ts';
import { SyncFacts, SyncOff } from './sync-facts.tsx';
import { SyncQuestion } from './sync-question.tsx';
import { SyncRuns } from './sync-runs.tsx';
import { SyncCounts, SyncSamples } from './sync-samples.tsx';

/** A run that found nothing new, or failed, is no change of the log: it is read anew while the page is open. */
const rereadMs = 5_000;

/** Which tenants come from where, what the last run did with them, and what it waits for. */
export function TenantSyncPage() {
  const { t } = useTranslation();
  const mayRun = usePermission('tenant-sync.run');
  const [asked, setAsked] = useState<TenantSyncResult | null>(null);
  const settle = useSettle();
  const sync = useQuery({
    queryKey: ['tenant-sync'],
    queryFn: ({ signal }) => getTenantSync({ signal }),
    refetchInterval: rereadMs,
  });
  const run = useMutation({
    mutationFn: () => runTenantSync(),
    onSuccess: async (result) => {
      setAsked(result.outcome === 'needs_confirmation' ? result : null);
      await settle(result);
    },
  });
  const onRun = mayRun && sync.data?.isConfigured ? () => run.mutate() : undefined;
  return (
    <>
      <PageHeader
        title={t('nav.tenantSync')}
        actions={
          onRun && (
            <Button onClick={onRun} loading={run.isPending}>
              {t('tenantSync.run')}
            </Button>
          )
        }
      />
      <Stack gap="md">
        {run.isError && <Failure error={run.error} />}
        {sync.isPending && <Loading what={t('nav.tenantSync')} />}
        {sync.isError && <Failure error={sync.error} onRetry={() => void sync.refetch()} />}
        {sync.data && <SyncStatus status={sync.data} isBusy={run.isPending} onReview={onRun} />}
      </Stack>
      {asked?.plan && asked.planToken && (
        <ConfirmSync
          key={asked.planToken}
          plan={asked.plan}
          planToken={asked.planToken}
          onAgain={() => run.mutate()}
          onApplied={(result) => {
            setAsked(null);
            void settle(result);
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

interface SyncStatusProps {
  status: TenantSyncStatus;
  isBusy: boolean;
  onReview: (() => void) | undefined;
}

function SyncStatus({ status, isBusy, onReview }: SyncStatusProps) {
  const { t } = useTranslation();
  const { isConfigured, pending, counts, samples, runs } = status;
  return (
    <>
      {pending && isConfigured && <SyncQuestion plan={pending} isBusy={isBusy} onReview={onReview} />}
      {isConfigured ? <SyncFacts status={status} /> : <SyncOff />}
      {counts && (
        <Stack gap="xs">
          <Title order={2}>{t('tenantSync.lastList')}</Title>
          <SyncCounts counts={counts} />
          {samples && <SyncSamples counts={counts} samples={samples} keys={[...affectedKeys, ...asideKeys]} />}
        </Stack>
      )}
      {(isConfigured || runs.length > 0) && <SyncRuns runs={runs} />}
    </>
  );
}

/** Says how a run ended, and makes what it may have changed be read anew. */
function useSettle(): (result: TenantSyncResult) => Promise<void> {
  const { t } = useTranslation();
  const client = useQueryClient();
  return async ({ outcome, error }) => {
    if (outcome !== 'needs_confirmation')
      notifications.show({
        title: t(`tenantSync.outcomes.${outcome}`),
        message: error ?? t(`tenantSync.outcomeMeans.${outcome}`),
        ...(outcome === 'failed' ? { color: 'red' } : {}),
      });
    await Promise.all(
      [['tenant-sync'], ['tenants'], ['matrix'], ['changes']].map((queryKey) => client.invalidateQueries({ queryKey })),
    );
  };
}
