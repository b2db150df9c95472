import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { estimateMigrations } from '../../api/generated/grey.ts';
import type { DatabaseEngine, MigrationEstimate, MigrationSet } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { TenantField } from '../../parts/find-field.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { BlocksLabel } from './set-labels.tsx';

interface EstimateProps {
  set: MigrationSet;
  /** Empty: none is chosen yet. */
  tenantId: string;
  onPick: (tenantId: string) => void;
}

/** What the statements that a tenant still lacks would mean in its database, as large as it is now. */
export function Estimate({ set: { serviceId, version, engine }, tenantId, onPick }: EstimateProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(tenantId);
  useEffect(() => setTyped(tenantId), [tenantId]);
  const estimate = useQuery({
    queryKey: ['migrations', serviceId, version, 'estimate', tenantId],
    queryFn: ({ signal }) => estimateMigrations(tenantId, serviceId, version, { signal }),
    enabled: tenantId !== '',
    // It asks the tenant's database: not behind the operator's back.
    staleTime: Number.POSITIVE_INFINITY,
    retry: (count, error) => !(error instanceof ApiProblem) && count < 1,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() === tenantId) void estimate.refetch();
    else onPick(typed.trim());
  };
  return (
    <Stack gap="sm">
      <form onSubmit={submit}>
        <Group gap="xs" align="flex-end">
          <TenantField value={typed} width={260} onChange={setTyped} />
          <Button type="submit" variant="default" disabled={typed.trim() === ''} loading={estimate.isFetching}>
            {t('migrations.estimateNow')}
          </Button>
          <Text size="xs" c="dimmed">
            {t('migrations.estimateMeans')}
          </Text>
        </Group>
      </form>
      {estimate.isLoading && <Loading what={t('migrations.estimate')} />}
      {estimate.isError && <Failure error={estimate.error} />}
      {estimate.data && <EstimateView estimate={estimate.data} engine={engine} />}
    </Stack>
  );
}

type Pending = MigrationEstimate['pending'][number];

function EstimateView({ estimate, engine }: { estimate: MigrationEstimate; engine: DatabaseEngine }) {
  const { t } = useTranslation();
  const { number, bytes } = useFormat();
  const sizeOrNone = (count: number) => (count === 0 ? t('state.none') : bytes(count));
  if (estimate.pending.length === 0)
    return <Empty>{t('migrations.nothingPending', { tenant: estimate.tenantId })}</Empty>;
  const figures = [
    [t('migrations.pendingStatements'), number(estimate.pending.length)],
    [t('migrations.databaseSize'), bytes(estimate.databaseBytes)],
    [t('migrations.rewritten'), sizeOrNone(estimate.rewrittenBytes)],
    [t('migrations.scanned'), sizeOrNone(estimate.scannedBytes)],
  ] as const;
  const columns: DataColumn<Pending>[] = [
    {
      id: 'migration',
      header: t('migrations.one'),
      isWrapping: true,
      width: '40%',
      cell: (row) => (
        <>
          <span className="mono">{`${row.migration}:${row.line}`}</span>
          <code className="estimate-statement">{row.statement}</code>
        </>
      ),
    },
    {
      id: 'blocks',
      header: t('migrations.othersWaitFor'),
      cell: (row) => <BlocksLabel engine={engine} blocks={row.blocks} />,
    },
    {
      id: 'tables',
      header: t('migrations.tables'),
      isWrapping: true,
      cell: (row) =>
        row.tables.map(({ table, rowCount, byteCount }) => (
          <div key={table} className="nowrap">
            <span className="mono">{table}</span>{' '}
            <span className="dimmed">
              {/* A server that never counted its rows says -1. */}
              {rowCount < 0
                ? bytes(byteCount)
                : t('migrations.tableSize', { rows: number(rowCount), size: bytes(byteCount) })}
            </span>
          </div>
        )),
    },
    {
      id: 'rewritten',
      header: t('migrations.rewritten'),
      isNumber: true,
      cell: (row) => sizeOrNone(row.rewrittenBytes),
    },
    { id: 'scanned', header: t('migrations.scanned'), isNumber: true, cell: (row) => sizeOrNone(row.scannedBytes) },
  ];
  return (
    <Stack gap="xs">
      <dl className="figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <DataTable
        label={t('migrations.estimate')}
        columns={columns}
        rows={estimate.pending}
        rowKey={(row) => `${row.migration} ${row.line} ${row.statement}`}
        maxHeight={480}
      />
    </Stack>
  );
}
