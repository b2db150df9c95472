import { Anchor, Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listUpgradeBatches } from '../../api/generated/grey.ts';
import type { UpgradeBatch, UpgradeBatchPage } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { FilterBar, TextFilter } from '../../parts/filter-bar.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueriedRows } from '../../parts/queried.tsx';
import { Empty } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { usePermission } from '../access/me.ts';
import { UpgradesTabs } from '../upgrades/upgrades-tabs.tsx';
import { useRereadWhile } from '../upgrades/use-reread-while.ts';
import { BatchBar, CountWords, useBarWords } from './batch-bar.tsx';
import { batchToneOf, isBatchOver, moveOf, standingOf } from './batch-state.ts';

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
  useRereadWhile(
    rows.some((row) => !isBatchOver(row)),
    query.refetch,
  );
  const create = mayCreate && (
    <Button component={Link} to="/upgrades/batches/new">
      {t('batches.create')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('nav.upgrades')} actions={create} />
      <UpgradesTabs />
      <FilterBar
        isFiltered={filters.serviceId !== undefined}
        onClear={() => void navigate({ search: {}, replace: true })}
      >
        <TextFilter
          label={t('terms.service')}
          width={200}
          value={filters.serviceId ?? ''}
          onSettle={(serviceId) => void navigate({ search: serviceId ? { serviceId } : {}, replace: true })}
        />
      </FilterBar>
      <QueriedRows
        query={query}
        what={t('batches.title')}
        rowCount={rows.length}
        empty={<Empty>{t(filters.serviceId === undefined ? 'batches.noneYet' : 'batches.noneFits')}</Empty>}
      >
        <BatchTable rows={rows} onEndReached={loadMore} />
      </QueriedRows>
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
      cell: (row) => <StatusLabel tone={batchToneOf(row)}>{t(`batches.states.${standingOf(row)}`)}</StatusLabel>,
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
      cell: (row) => <span className="mono nowrap">{moveOf(row)}</span>,
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
