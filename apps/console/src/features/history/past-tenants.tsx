import { Anchor, Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listStateTenants } from '../../api/generated/grey.ts';
import type { StateTenant } from '../../api/generated/model/index.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { usePermission } from '../access/me.ts';
import type { PastView } from './past-view.ts';
import { RestoreTenant } from './restore-tenant.tsx';

const shownCells = 8;

/** Tenants with the versions they were assigned. */
export function PastTenants({ at, view }: { at: string; view: PastView }) {
  const { t } = useTranslation();
  const [restoring, setRestoring] = useState<string | null>(null);
  const mayRestore = usePermission('changes.revert');
  const filter = {
    ...(view.search ? { search: view.search } : {}),
    ...(view.serviceId ? { serviceId: view.serviceId } : {}),
  };
  const { query, rows, loadMore } = usePages<StateTenant>(['past', 'tenants', at, filter], (cursor, signal) =>
    listStateTenants({ at, ...filter, limit: 100, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const columns: DataColumn<StateTenant>[] = [
    {
      id: 'id',
      header: t('tenants.id'),
      cell: ({ tenantId }) => (
        <Anchor component={Link} to={`/tenants/${encodeURIComponent(tenantId)}`} size="sm" className="mono">
          {tenantId}
        </Anchor>
      ),
    },
    { id: 'name', header: t('tenants.name'), cell: ({ state }) => textOf(state['name']) },
    { id: 'status', header: t('tenants.status'), cell: ({ state }) => textOf(state['status']) },
    { id: 'cells', header: t('past.assigned'), isWrapping: true, cell: ({ cells }) => <Cells cells={cells} /> },
    ...(mayRestore && view.at !== undefined
      ? [
          {
            id: 'actions',
            header: t('action.title'),
            cell: ({ tenantId }: StateTenant) => (
              <Button
                variant="default"
                size="compact-xs"
                aria-label={t('restore.tenantTitle', { id: tenantId })}
                onClick={() => setRestoring(tenantId)}
              >
                {t('restore.open')}
              </Button>
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      {query.isPending && <Loading what={t('nav.tenants')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && !query.hasNextPage && <Empty>{t('past.none')}</Empty>}
      {query.isSuccess && (rows.length > 0 || query.hasNextPage) && (
        <DataTable
          label={t('nav.tenants')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.tenantId}
          maxHeight="calc(100vh - 400px)"
          onEndReached={loadMore}
        />
      )}
      {restoring !== null && <RestoreTenant tenantId={restoring} at={at} onClose={() => setRestoring(null)} />}
    </>
  );
}

function Cells({ cells }: { cells: StateTenant['cells'] }) {
  const { t } = useTranslation();
  if (cells.length === 0) return <span className="dimmed">{t('past.allDefault')}</span>;
  const hidden = cells.length - shownCells;
  return (
    <Group gap={4}>
      {cells.slice(0, shownCells).map((cell) => (
        <span className="tag" key={cell.serviceId}>
          {`${cell.serviceId} ${cell.version}${cell.isPinned ? ` · ${t('past.pinned')}` : ''}`}
        </span>
      ))}
      {hidden > 0 && <span className="dimmed">{t('past.moreCells', { count: hidden })}</span>}
    </Group>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
