import { Button, Group, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listHolds, listRollbacks } from '../../api/generated/grey.ts';
import type { Hold, HoldPage } from '../../api/generated/model/index.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { TextFilter } from '../../parts/filter-bar.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { type HoldFilters, holdTextFilters, paramsOf } from './hold-filters.ts';
import { HoldLink, HoldStateLabel, ScopeWords } from './hold-words.tsx';
import './holds.css';
import { RollbackProgress } from './rollback-progress.tsx';

/** Which versions must not answer, for whom, since when and why. */
export function HoldsPage() {
  const { t } = useTranslation();
  const filters = useSearch({ from: '/shell/holds' });
  const navigate = useNavigate({ from: '/holds' });
  const set = (next: HoldFilters) => void navigate({ search: next, replace: true });
  const { query, rows, loadMore } = usePages<Hold, HoldPage>(['holds', 'list', filters], (cursor, signal) =>
    listHolds({ ...paramsOf(filters), limit: 100, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  return (
    <>
      <PageHeader
        title={t('nav.holds')}
        note={query.isSuccess ? t('holds.shown', { count: rows.length }) : undefined}
      />
      <Group gap="xs" mb="xs" align="flex-end" role="search" aria-label={t('filter.label')}>
        {holdTextFilters.map((name) => (
          <TextFilter
            key={name}
            label={t(`holds.filter.${name}`)}
            width={160}
            value={filters[name] ?? ''}
            onSettle={(value) => {
              const { [name]: _, ...others } = filters;
              set(value ? { ...others, [name]: value } : others);
            }}
          />
        ))}
        <NativeSelect
          label={t('holds.state')}
          value={filters.state ?? 'active'}
          onChange={(event) => {
            const { state: _, ...others } = filters;
            const state = event.currentTarget.value;
            set(state === 'active' ? others : { ...others, state: state as 'any' });
          }}
          data={[
            { value: 'active', label: t('holds.inForce') },
            { value: 'lifted', label: t('holds.lifted') },
            { value: 'any', label: t('filter.any') },
          ]}
        />
        {Object.keys(filters).length > 0 && (
          <Button variant="subtle" onClick={() => set({})}>
            {t('filter.clear')}
          </Button>
        )}
      </Group>
      {query.isPending && <Loading what={t('nav.holds')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && (
        <Empty>{t(Object.keys(filters).length > 0 ? 'holds.noneFits' : 'holds.noneInForce')}</Empty>
      )}
      {query.data?.pages.some(({ isFromSnapshot }) => isFromSnapshot) && (
        <div className="panel hold-notice" data-tone="warn" role="status">
          {t('holds.fromSnapshot')}
        </div>
      )}
      {rows.length > 0 && <HoldTable rows={rows} hasState={filters.state === 'any'} onEndReached={loadMore} />}
    </>
  );
}

interface HoldTableProps {
  rows: readonly Hold[];
  /** Whether some of them may be in force and others not. */
  hasState: boolean;
  onEndReached: () => void;
}

function HoldTable({ rows, hasState, onEndReached }: HoldTableProps) {
  const { t } = useTranslation();
  const rollbacks = useQuery({
    queryKey: ['rollbacks'],
    queryFn: ({ signal }) => listRollbacks({ signal }),
    refetchInterval: ({ state: { data } }) => (data?.items.some((one) => one.state === 'rewriting') ? 1_000 : false),
  });
  const byId = new Map(rollbacks.data?.items.map((one) => [one.id, one]));
  const state: DataColumn<Hold> = {
    id: 'state',
    header: t('holds.state'),
    cell: (row) => <HoldStateLabel hold={row} />,
  };
  const columns: DataColumn<Hold>[] = [
    { id: 'service', header: t('terms.service'), cell: (row) => <span className="mono">{row.serviceId}</span> },
    { id: 'move', header: t('holds.move'), cell: (row) => <HoldLink hold={row} /> },
    { id: 'scope', header: t('holds.scope'), cell: (row) => <ScopeWords hold={row} /> },
    {
      id: 'reason',
      header: t('holds.reason'),
      isWrapping: true,
      cell: (row) => <div className="hold-reason">{row.reason ?? t('state.none')}</div>,
    },
    { id: 'who', header: t('holds.who'), cell: (row) => row.createdBy?.name ?? t('state.none') },
    {
      id: 'when',
      header: t('holds.when'),
      cell: (row) => (row.createdAt === null ? t('state.none') : <Ago iso={row.createdAt} />),
    },
    {
      id: 'progress',
      header: t('holds.progress'),
      cell: (row) => {
        if (row.isPending) return <HoldStateLabel hold={row} />;
        const rollback = byId.get(row.id);
        return rollback ? <RollbackProgress rollback={rollback} /> : t('state.none');
      },
    },
  ];
  return (
    <DataTable
      label={t('nav.holds')}
      columns={hasState ? [state, ...columns] : columns}
      rows={rows}
      rowKey={(row) => row.id}
      maxHeight="calc(100vh - 210px)"
      onEndReached={onEndReached}
    />
  );
}
