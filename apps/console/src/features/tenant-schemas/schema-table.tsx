import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TenantSchemaRow } from '../../api/generated/model/index.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { DriftLabel, IntervalLabel, UpgradeLink } from './schema-labels.tsx';

interface SchemaTableProps {
  rows: readonly TenantSchemaRow[];
  /** False where all are of one tenant. */
  hasTenant?: boolean;
  maxHeight: number | string;
  onEndReached?: () => void;
}

export function SchemaTable({ rows, hasTenant = false, maxHeight, onEndReached }: SchemaTableProps) {
  const { t } = useTranslation();
  const tenant: DataColumn<TenantSchemaRow> = {
    id: 'tenant',
    header: t('terms.tenant'),
    cell: (row) => (
      <Anchor component={Link} to={`/tenants/${encodeURIComponent(row.tenantId)}`} size="sm" className="mono">
        {row.tenantId}
      </Anchor>
    ),
  };
  const columns: DataColumn<TenantSchemaRow>[] = [
    ...(hasTenant ? [tenant] : []),
    {
      id: 'service',
      header: t('terms.service'),
      cell: (row) => (
        <Anchor
          component={Link}
          to={`/tenants/${encodeURIComponent(row.tenantId)}/schemas/${encodeURIComponent(row.serviceId)}`}
          size="sm"
          className="mono"
          title={t('schemas.open')}
        >
          {row.serviceId}
        </Anchor>
      ),
    },
    { id: 'engine', header: t('dataSources.engine'), cell: (row) => t(`dataSources.engines.${row.engine}`) },
    { id: 'serves', header: t('schemas.serves'), cell: (row) => <IntervalLabel state={row.state} /> },
    { id: 'drift', header: t('schemas.driftTitle'), cell: (row) => <DriftLabel state={row.drift} /> },
    {
      id: 'checked',
      header: t('schemas.checkedAt'),
      cell: (row) => (row.checkedAt === null ? t('access.never') : <Ago iso={row.checkedAt} />),
    },
    {
      id: 'upgrade',
      header: t('entity.upgrade'),
      cell: (row) => (row.upgradeId === null ? t('state.none') : <UpgradeLink upgradeId={row.upgradeId} isUnderWay />),
    },
  ];
  return (
    <DataTable
      label={t('schemas.title')}
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.tenantId} ${row.serviceId}`}
      maxHeight={maxHeight}
      onEndReached={onEndReached}
    />
  );
}
