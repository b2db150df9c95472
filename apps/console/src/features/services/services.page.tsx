import { Anchor, Button, Group } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listServices } from '../../api/generated/grey.ts';
import type { Service } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { TextFilter } from '../../parts/filter-bar.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueriedRows } from '../../parts/queried.tsx';
import { Empty } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { usePermission } from '../access/me.ts';
import { ServiceForm } from './service-form.tsx';

export function ServicesPage() {
  const { t } = useTranslation();
  const { number } = useFormat();
  const filters = useSearch({ from: '/shell/services' });
  const navigate = useNavigate({ from: '/services' });
  const [isCreating, setCreating] = useState(false);
  const mayWrite = usePermission('services.write');
  const { query, rows, loadMore } = usePages<Service>(['services', filters], (cursor, signal) =>
    listServices({ ...filters, limit: 200, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const columns: DataColumn<Service>[] = [
    {
      id: 'id',
      header: t('services.id'),
      cell: (row) => (
        <Anchor component={Link} to={`/services/${encodeURIComponent(row.id)}`} className="mono nowrap" size="sm">
          {row.id}
        </Anchor>
      ),
    },
    { id: 'name', header: t('services.name'), cell: (row) => row.name },
    { id: 'default', header: t('services.default'), cell: (row) => <DefaultVersions service={row} /> },
    { id: 'fallback', header: t('services.fallback'), cell: (row) => t(`fallback.${row.fallback}`) },
    { id: 'balancer', header: t('services.balancer'), cell: (row) => t(`balancer.${row.balancer}`) },
    { id: 'versions', header: t('services.versions'), cell: (row) => number(row.versionCount), isNumber: true },
    {
      id: 'instances',
      header: t('services.liveInstances'),
      isNumber: true,
      cell: (row) =>
        row.instanceCount === 0 ? (
          <StatusLabel tone="warn">{t('services.noInstances')}</StatusLabel>
        ) : (
          number(row.instanceCount)
        ),
    },
  ];
  return (
    <>
      <PageHeader
        title={t('nav.services')}
        note={query.isSuccess ? t('services.shown', { count: rows.length }) : undefined}
        actions={mayWrite && <Button onClick={() => setCreating(true)}>{t('services.create')}</Button>}
      />
      <Group gap="xs" mb="xs" role="search" aria-label={t('filter.label')}>
        <TextFilter
          label={t('filter.search')}
          width={220}
          value={filters.search ?? ''}
          onSettle={(search) => void navigate({ search: search ? { search } : {}, replace: true })}
        />
      </Group>
      <QueriedRows
        query={query}
        what={t('nav.services')}
        rowCount={rows.length}
        empty={<Empty>{filters.search ? t('services.noneFits') : t('services.noneYet')}</Empty>}
      >
        <DataTable
          label={t('nav.services')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          maxHeight="calc(100vh - 190px)"
          onEndReached={loadMore}
        />
      </QueriedRows>
      {isCreating && <ServiceForm onClose={() => setCreating(false)} />}
    </>
  );
}

/** The default version, or the split with its shares. */
export function DefaultVersions({ service }: { service: Pick<Service, 'defaultVersions'> }) {
  const { t } = useTranslation();
  const { share } = useFormat();
  const set = service.defaultVersions;
  if (set.length === 0) return <StatusLabel tone="warn">{t('services.noDefault')}</StatusLabel>;
  if (set.length === 1) return <span className="mono">{set[0]?.version}</span>;
  return (
    <span className="nowrap">
      {set.map(({ version, weight }, index) => (
        <span key={version}>
          {index > 0 && ' · '}
          <span className="mono">{version}</span> {share(weight)}
        </span>
      ))}
    </span>
  );
}
