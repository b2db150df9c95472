import { Anchor, Button, Group } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listTenants } from '../../api/generated/grey.ts';
import type { Tenant } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueriedRows } from '../../parts/queried.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { TenantStatusLabel } from '../../parts/status.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { usePermission } from '../access/me.ts';
import { TenantFilterBar } from './tenant-filter-bar.tsx';
import { hasFilters } from './tenant-filters.ts';
import { TenantForm } from './tenant-form.tsx';

export function TenantsPage() {
  const { t } = useTranslation();
  const { number, ago, dateTime } = useFormat();
  const filters = useSearch({ from: '/shell/tenants' });
  const navigate = useNavigate({ from: '/tenants' });
  const [isCreating, setCreating] = useState(false);
  const mayCreate = usePermission('tenants.create');
  const { query, rows, loadMore } = usePages<Tenant>(['tenants', filters], (cursor, signal) =>
    listTenants({ ...filters, limit: 200, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const columns: DataColumn<Tenant>[] = [
    {
      id: 'id',
      header: t('tenants.id'),
      cell: (row) => (
        <Anchor component={Link} to={`/tenants/${encodeURIComponent(row.id)}`} className="mono nowrap" size="sm">
          {row.id}
        </Anchor>
      ),
    },
    { id: 'name', header: t('tenants.name'), cell: (row) => row.name },
    { id: 'status', header: t('tenants.status'), cell: (row) => <TenantStatusLabel status={row.status} /> },
    { id: 'tier', header: t('tenants.tier'), cell: (row) => row.tier ?? t('state.none') },
    { id: 'region', header: t('tenants.region'), cell: (row) => row.region ?? t('state.none') },
    {
      id: 'tags',
      header: t('tenants.tags'),
      cell: (row) => (
        <Group gap={4} wrap="nowrap">
          {row.tags.map((tag) => (
            <span className="tag" key={tag}>
              {tag}
            </span>
          ))}
        </Group>
      ),
    },
    {
      id: 'updated',
      header: t('tenants.updatedAt'),
      cell: (row) => (
        <time className="nowrap" dateTime={row.updatedAt} title={dateTime(row.updatedAt)}>
          {ago(row.updatedAt)}
        </time>
      ),
    },
  ];
  const shown = query.hasNextPage
    ? t('tenants.shownMore', { count: rows.length })
    : t('tenants.shown', { count: rows.length });
  return (
    <>
      <PageHeader
        title={t('nav.tenants')}
        note={query.isSuccess ? shown : undefined}
        actions={mayCreate && <Button onClick={() => setCreating(true)}>{t('tenants.create')}</Button>}
      />
      <TenantFilterBar filters={filters} onChange={(next) => void navigate({ search: next, replace: true })} />
      <QueriedRows
        query={query}
        what={t('nav.tenants')}
        rowCount={rows.length}
        empty={<Empty>{hasFilters(filters) ? t('tenants.noneFits') : t('tenants.noneYet')}</Empty>}
      >
        <DataTable
          label={t('nav.tenants')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          maxHeight="calc(100vh - 190px)"
          onEndReached={loadMore}
        />
      </QueriedRows>
      {query.isFetchingNextPage && <Loading what={t('tenants.more', { shown: number(rows.length) })} />}
      {isCreating && <TenantForm onClose={() => setCreating(false)} />}
    </>
  );
}
