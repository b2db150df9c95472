import { Anchor, Button, Group, NativeSelect } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listTenantSchemas } from '../../api/generated/grey.ts';
import type { TenantSchemaPage as SchemaPage, TenantSchemaRow } from '../../api/generated/model/index.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { DatabasesTabs } from '../data-sources/databases-tabs.tsx';
import { SettlingInput } from '../tenants/tenant-filter-bar.tsx';
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
        <FilterBar filters={filters} onChange={(next) => void navigate({ search: next, replace: true })} />
      )}
      {query.isPending && <Loading what={t('schemas.title')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && (
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
      )}
      {rows.length > 0 && <SchemaTable rows={rows} hasTenant maxHeight="calc(100vh - 235px)" onEndReached={loadMore} />}
    </>
  );
}

interface FilterBarProps {
  filters: TenantSchemaFilters;
  onChange: (filters: TenantSchemaFilters) => void;
}

function FilterBar({ filters, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  const set = (name: keyof TenantSchemaFilters, value: string) =>
    onChange(readTenantSchemaFilters({ ...filters, [name]: value }));
  return (
    <Group gap="xs" mb="xs" align="flex-end" role="search" aria-label={t('filter.label')}>
      {schemaTextFilters.map((name) => (
        <SettlingInput
          key={name}
          label={t(`dataSources.filter.${name}`)}
          width={180}
          value={filters[name] ?? ''}
          onSettle={(value) => set(name, value)}
        />
      ))}
      <NativeSelect
        label={t('schemas.driftTitle')}
        value={filters.drift ?? ''}
        onChange={(event) => set('drift', event.currentTarget.value)}
        data={[
          { value: '', label: t('filter.any') },
          ...driftStates.map((value) => ({ value, label: t(`schemas.drift.${value}`) })),
        ]}
      />
      {Object.keys(filters).length > 0 && (
        <Button variant="subtle" onClick={() => onChange({})}>
          {t('filter.clear')}
        </Button>
      )}
    </Group>
  );
}
