import { Anchor, Button, Group } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { listUpgradeBatches } from '../../api/generated/grey.ts';
import type { UpgradeBatch, UpgradeBatchPage } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { TextFilter } from '../../parts/filter-bar.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { usePermission } from '../access/me.ts';
import { UpgradesTabs } from '../upgrades/upgrades-tabs.tsx';
import { BatchBar, CountWords, useBarWords } from './batch-bar.tsx';
import { batchTones, isBatchOver } from './batch-state.ts';

/** Counts move without a change in the log. */
const rereadMs = 3_000;

/** Many tenants on their way to one version: every batch with how far it is. */
export function UpgradeBatchesPage() {
  const { t } = useTranslation();
  const mayCreate = usePermission('upgrades.batch');
  const filters = useSearch({ from: '/shell/upgrades/batches' });
  const navigate = useNavigate({ from: '/upgrades/batches' });
  const { query, rows, loadMore } = usePages<UpgradeBatch, UpgradeBatchPage>(
    ['upgrade-batches', 'list', filters],
    (cursor, signal) => listUpgradeBatches({ ...filters, limit: 50, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const { refetch } = query;
  const isMoving = rows.some((row) => !isBatchOver(row));
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && refetch(), rereadMs);
    return () => clearInterval(timer);
  }, [isMoving, refetch]);
  const create = mayCreate && (
    <Button component={Link} to="/upgrades/batches/new">
      {t('batches.create')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('nav.upgrades')} actions={create} />
      <UpgradesTabs />
      <Group gap="xs" mb="xs" align="flex-end" role="search" aria-label={t('filter.label')}>
        <TextFilter
          label={t('terms.service')}
          width={200}
          value={filters.serviceId ?? ''}
          onSettle={(serviceId) => void navigate({ search: serviceId ? { serviceId } : {}, replace: true })}
        />
        {filters.serviceId !== undefined && (
          <Button variant="subtle" onClick={() => void navigate({ search: {}, replace: true })}>
            {t('filter.clear')}
          </Button>
        )}
      </Group>
      {query.isPending && <Loading what={t('batches.title')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && (
        <Empty>{t(filters.serviceId === undefined ? 'batches.noneYet' : 'batches.noneFits')}</Empty>
      )}
      {rows.length > 0 && <BatchTable rows={rows} onEndReached={loadMore} />}
    </>
  );
}

function BatchTable({ rows, onEndReached }: { rows: readonly UpgradeBatch[]; onEndReached: () => void }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const wordBar = useBarWords();
  const columns: DataColumn<UpgradeBatch>[] = [
    {
      id: 'state',
      header: t('upgrades.state'),
      cell: ({ state }) => <StatusLabel tone={batchTones[state]}>{t(`batches.states.${state}`)}</StatusLabel>,
    },
    {
      id: 'name',
      header: t('batches.name'),
      cell: (row) => (
        <Anchor component={Link} to={`/upgrades/batches/${row.id}`} size="sm">
          {row.name}
        </Anchor>
      ),
    },
    {
      id: 'move',
      header: t('terms.version'),
      cell: ({ serviceId, fromVersion, toVersion }) => (
        <span className="mono nowrap">{`${serviceId} ${fromVersion === null ? '' : `${fromVersion} → `}${toVersion}`}</span>
      ),
    },
    {
      id: 'wave',
      header: t('batches.wave'),
      cell: ({ wave, waves }) =>
        wave === null
          ? t('batches.waveCount', { count: waves.length })
          : t('batches.waveOf', { number: number(wave), all: number(waves.length) }),
    },
    {
      id: 'progress',
      header: t('upgrades.progress'),
      width: '34%',
      isWrapping: true,
      cell: ({ counts }) => (
        <>
          <BatchBar counts={counts} label={wordBar(counts)} />
          <CountWords counts={counts} />
        </>
      ),
    },
    { id: 'when', header: t('upgrades.since'), cell: (row) => <Ago iso={row.finishedAt ?? row.createdAt} /> },
  ];
  return (
    <DataTable
      label={t('batches.title')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowHeight={52}
      maxHeight="calc(100vh - 222px)"
      onEndReached={onEndReached}
    />
  );
}
