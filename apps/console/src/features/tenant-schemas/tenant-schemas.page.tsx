import { Anchor } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listTenantSchemas } from '../../api/generated/grey.ts';
import type { TenantSchemaPage as SchemaPage, TenantSchemaRow } from '../../api/generated/model/index.ts';
import { ChoiceFilter, FilterBar, TextFilter } from '../../parts/filter-bar.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueriedRows } from '../../parts/queried.tsx';
import { Empty } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { DatabasesTabs } from '../data-sources/databases-tabs.tsx';
import { SchemaTable } from './schema-table.tsx';
import {
  driftStates,
  readTenantSchemaFilters,
  schemaTextFilters,
  type TenantSchemaFilters,
} from './tenant-schema-filters.ts';

/** Where the schemas of tenants stand, and which are no longer what their migrations made them. */
export function TenantSchemasPage() {
  const { t } = useTranslation();
  const filters = useSearch({ from: '/shell/databases/schemas' });
  const navigate = useNavigate({ from: '/databases/schemas' });
  const { query, rows, loadMore } = usePages<TenantSchemaRow, SchemaPage>(
    ['tenant-schemas', filters],
    (cursor, signal) => listTenantSchemas({ ...filters, limit: 200, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <>
      <PageHeader title={t('nav.databases')} note={t('schemas.note')} />
      <DatabasesTabs />
      {(isFiltered || rows.length > 0) && (
        <SchemaFilterBar filters={filters} onChange={(next) => void navigate({ search: next, replace: true })} />
      )}
      <QueriedRows
        query={query}
        what={t('schemas.title')}
        rowCount={rows.length}
        empty={
          <Empty
            action={
              !isFiltered && (
                <Anchor component={Link} to="/databases" size="sm">
                  {t('dataSources.title')}
                </Anchor>
              )
            }
          >
            {t(isFiltered ? 'schemas.noneFits' : 'schemas.noneYet')}
          </Empty>
        }
      >
        <SchemaTable rows={rows} hasTenant maxHeight="calc(100vh - 235px)" onEndReached={loadMore} />
      </QueriedRows>
    </>
  );
}

interface SchemaFilterBarProps {
  filters: TenantSchemaFilters;
  onChange: (filters: TenantSchemaFilters) => void;
}

function SchemaFilterBar({ filters, onChange }: SchemaFilterBarProps) {
  const { t } = useTranslation();
  const set = (name: keyof TenantSchemaFilters, value: string) =>
    onChange(readTenantSchemaFilters({ ...filters, [name]: value }));
  return (
    <FilterBar isFiltered={Object.keys(filters).length > 0} onClear={() => onChange({})}>
      {schemaTextFilters.map((name) => (
        <TextFilter
          key={name}
          label={t(`dataSources.filter.${name}`)}
          width={180}
          value={filters[name] ?? ''}
          onSettle={(value) => set(name, value)}
        />
      ))}
      <ChoiceFilter
        label={t('schemas.driftTitle')}
        value={filters.drift}
        choices={driftStates.map((value) => ({ value, label: t(`schemas.drift.${value}`) }))}
        onChoose={(value) => set('drift', value)}
      />
    </FilterBar>
  );
}
