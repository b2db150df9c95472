import { Anchor, Stack, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TenantSyncRun } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { asideCount } from './sync-counts.ts';

const outcomeTones = { applied: 'good', unchanged: 'plain', needs_confirmation: 'warn', failed: 'bad' } as const;

/** The last runs, newest first: who asked, what came of it. */
export function SyncRuns({ runs }: { runs: readonly TenantSyncRun[] }) {
  const { t } = useTranslation();
  const { number, dateTime, duration } = useFormat();
  const countOf = (run: TenantSyncRun, key: 'created' | 'updated' | 'deleted' | 'unchanged') =>
    run.counts ? number(run.counts[key]) : t('state.none');
  const columns: DataColumn<TenantSyncRun>[] = [
    { id: 'started', header: t('tenantSync.startedAt'), cell: (run) => dateTime(run.startedAt) },
    {
      id: 'outcome',
      header: t('tenantSync.outcome'),
      cell: (run) => (
        <StatusLabel tone={outcomeTones[run.outcome]}>{t(`tenantSync.outcomes.${run.outcome}`)}</StatusLabel>
      ),
    },
    {
      id: 'note',
      header: t('tenantSync.note'),
      isWrapping: true,
      width: 260,
      cell: (run) => <RunNote run={run} />,
    },
    {
      id: 'trigger',
      header: t('tenantSync.trigger'),
      cell: (run) =>
        run.trigger === 'schedule'
          ? t('tenantSync.triggers.schedule')
          : `${t(`tenantSync.triggers.${run.trigger}`)} · ${run.actorName}`,
    },
    ...(['created', 'updated', 'deleted', 'unchanged'] as const).map((key) => ({
      id: key,
      header: t(`tenantSync.counts.${key}`),
      isNumber: true,
      cell: (run: TenantSyncRun) => countOf(run, key),
    })),
    {
      id: 'aside',
      header: t('tenantSync.aside'),
      isNumber: true,
      cell: (run) => (run.counts ? number(asideCount(run.counts)) : t('state.none')),
    },
    {
      id: 'took',
      header: t('tenantSync.took'),
      isNumber: true,
      cell: (run) => duration(Date.parse(run.finishedAt) - Date.parse(run.startedAt)),
    },
  ];
  return (
    <Stack gap="xs">
      <Title order={2}>{t('tenantSync.runs')}</Title>
      {runs.length === 0 ? (
        <Empty>{t('tenantSync.noRuns')}</Empty>
      ) : (
        <DataTable
          label={t('tenantSync.runs')}
          columns={columns}
          rows={runs}
          rowKey={(run) => String(run.id)}
          maxHeight={320}
        />
      )}
    </Stack>
  );
}

function RunNote({ run }: { run: TenantSyncRun }) {
  const { t } = useTranslation();
  if (run.error) return run.error;
  if (!run.changeId) return t('state.none');
  return (
    <Anchor component={Link} to="/changes?kind=tenants.synced" size="sm" className="nowrap">
      {t('tenantSync.seeChange')}
    </Anchor>
  );
}
