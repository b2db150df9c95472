import { Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { listTenantSchemas } from '../../api/generated/grey.ts';
import type { TenantSchemaPage, TenantSchemaRow } from '../../api/generated/model/index.ts';
import { Failure } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { usePermission } from '../access/me.ts';
import { SchemaTable } from './schema-table.tsx';

/** The schemas of one tenant, for its page. Nothing where the tenant has no data source: then there is nothing to know. */
export function TenantSchemaList({ tenantId }: { tenantId: string }) {
  const { t } = useTranslation();
  return usePermission('upgrades.read') ? <Schemas tenantId={tenantId} title={t('schemas.ofTenant')} /> : null;
}

function Schemas({ tenantId, title }: { tenantId: string; title: string }) {
  const { query, rows, loadMore } = usePages<TenantSchemaRow, TenantSchemaPage>(
    ['tenant-schemas', { tenantId }],
    (cursor, signal) => listTenantSchemas({ tenantId, limit: 200, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  if (!query.isError && rows.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2}>{title}</Title>
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {rows.length > 0 && <SchemaTable rows={rows} maxHeight={360} onEndReached={loadMore} />}
    </Stack>
  );
}
