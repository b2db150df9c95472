import { Anchor, Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listDataSources } from '../../api/generated/grey.ts';
import type { DataSource, DataSourcePage } from '../../api/generated/model/index.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../../parts/filter-bar.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueriedRows } from '../../parts/queried.tsx';
import { Empty } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { usePermission } from '../access/me.ts';
import { AddressLink, CredentialsLabel, TlsLabel } from './data-source-cells.tsx';
import { engines } from './data-source-fields.ts';
import { type DataSourceFilters, dataSourceTextFilters, readDataSourceFilters } from './data-source-filters.ts';
import { DataSourceForm } from './data-source-form.tsx';
import { DatabasesTabs } from './databases-tabs.tsx';
import { MasterKeyNotice } from './master-key-notice.tsx';

/** Where the data of tenants lie. */
export function DataSourcesPage() {
  const { t } = useTranslation();
  const filters = useSearch({ from: '/shell/databases' });
  const navigate = useNavigate({ from: '/databases' });
  const [isCreating, setCreating] = useState(false);
  const mayWrite = usePermission('data_sources.write');
  const { query, rows, loadMore } = usePages<DataSource, DataSourcePage>(['data-sources', filters], (cursor, signal) =>
    listDataSources({ ...filters, limit: 200, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const isFiltered = Object.keys(filters).length > 0;
  const create = <Button onClick={() => setCreating(true)}>{t('dataSources.create')}</Button>;
  return (
    <>
      <PageHeader title={t('nav.databases')} note={t('dataSources.note')} actions={mayWrite && create} />
      <DatabasesTabs />
      <MasterKeyNotice />
      {(isFiltered || rows.length > 0) && (
        <DataSourceFilterBar filters={filters} onChange={(next) => void navigate({ search: next, replace: true })} />
      )}
      <QueriedRows
        query={query}
        what={t('dataSources.title')}
        rowCount={rows.length}
        empty={
          <Empty action={mayWrite && !isFiltered && create}>
            {t(isFiltered ? 'dataSources.noneFits' : 'dataSources.noneYet')}
          </Empty>
        }
      >
        <DataSourceTable rows={rows} onEndReached={loadMore} />
      </QueriedRows>
      {isCreating && <DataSourceForm whose={filters} onClose={() => setCreating(false)} />}
    </>
  );
}

interface DataSourceFilterBarProps {
  filters: DataSourceFilters;
  onChange: (filters: DataSourceFilters) => void;
}

function DataSourceFilterBar({ filters, onChange }: DataSourceFilterBarProps) {
  const { t } = useTranslation();
  const set = (name: keyof DataSourceFilters, value: string) =>
    onChange(readDataSourceFilters({ ...filters, [name]: value }));
  return (
    <FilterBar isFiltered={Object.keys(filters).length > 0} onClear={() => onChange({})}>
      {dataSourceTextFilters.map((name) => (
        <TextFilter
          key={name}
          label={t(`dataSources.filter.${name}`)}
          width={180}
          value={filters[name] ?? ''}
          onSettle={(value) => set(name, value)}
        />
      ))}
      <ChoiceFilter
        label={t('dataSources.engine')}
        value={filters.engine}
        choices={engines.map((value) => ({ value, label: t(`dataSources.engines.${value}`) }))}
        onChoose={(value) => set('engine', value)}
      />
    </FilterBar>
  );
}

function DataSourceTable({ rows, onEndReached }: { rows: readonly DataSource[]; onEndReached: () => void }) {
  const { t } = useTranslation();
  const columns: DataColumn<DataSource>[] = [
    {
      id: 'tenant',
      header: t('terms.tenant'),
      cell: (row) => (
        <Anchor component={Link} to={`/tenants/${encodeURIComponent(row.tenantId)}`} size="sm" className="mono">
          {row.tenantId}
        </Anchor>
      ),
    },
    {
      id: 'service',
      header: t('terms.service'),
      cell: (row) => (
        <Anchor component={Link} to={`/services/${encodeURIComponent(row.serviceId)}`} size="sm" className="mono">
          {row.serviceId}
        </Anchor>
      ),
    },
    { id: 'address', header: t('dataSources.address'), isWrapping: true, cell: (row) => <AddressLink source={row} /> },
    { id: 'engine', header: t('dataSources.engine'), cell: (row) => t(`dataSources.engines.${row.engine}`) },
    { id: 'tls', header: t('dataSources.tlsTitle'), cell: (row) => <TlsLabel tls={row.tls} /> },
    {
      id: 'credentials',
      header: t('dataSources.credentials'),
      cell: (row) => <CredentialsLabel credentials={row.credentials} />,
    },
    { id: 'updated', header: t('dataSources.updatedAt'), cell: (row) => <Ago iso={row.updatedAt} /> },
  ];
  return (
    <DataTable
      label={t('dataSources.title')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      maxHeight="calc(100vh - 235px)"
      onEndReached={onEndReached}
    />
  );
}
