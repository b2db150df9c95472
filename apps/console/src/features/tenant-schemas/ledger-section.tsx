import { Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LedgerRow, TenantSchema } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/states.tsx';
import { PhaseLabel } from '../migrations/set-labels.tsx';
import { LedgerStateLabel, UpgradeLink } from './schema-labels.tsx';

const upgradeIds = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** What the tenant's database itself remembers of migrations, and what it still lacks. */
export function LedgerSection({ schema }: { schema: TenantSchema }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      {schema.pending.length > 0 && (
        <Stack gap="xs">
          <TitleAsOf title={t('schemas.pending')} schema={schema} />
          {schema.state === null && schema.ledger.length === 0 && (
            <Text size="xs" c="dimmed">
              {t('schemas.pendingUnrecorded')}
            </Text>
          )}
          <PendingTable schema={schema} />
        </Stack>
      )}
      <Stack gap="xs">
        <TitleAsOf title={t('schemas.ledger')} schema={schema} />
        {schema.ledger.length === 0 ? (
          <Empty>{t(schema.drift.checkedAt === null ? 'schemas.ledgerUnread' : 'schemas.ledgerEmpty')}</Empty>
        ) : (
          <LedgerTable rows={schema.ledger} />
        )}
      </Stack>
    </Stack>
  );
}

/** What is below is of the last look: the database may have gone on since. */
function TitleAsOf({ title, schema: { drift } }: { title: string; schema: TenantSchema }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm" align="baseline">
      <Title order={2}>{title}</Title>
      {drift.checkedAt !== null && (
        <Text size="xs" c="dimmed">
          {t('schemas.asOf')} <Ago iso={drift.checkedAt} />
        </Text>
      )}
    </Group>
  );
}

function LedgerTable({ rows }: { rows: readonly LedgerRow[] }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const columns: DataColumn<LedgerRow>[] = [
    {
      id: 'name',
      header: t('migrations.one'),
      isWrapping: true,
      cell: (row) => (
        <>
          <span className="mono" title={`sha256 ${row.checksum}`}>
            {row.name}
          </span>
          {row.message !== null && <div className="ledger-message">{row.message}</div>}
        </>
      ),
    },
    { id: 'phase', header: t('migrations.phaseTitle'), cell: (row) => <PhaseLabel phase={row.phase} /> },
    { id: 'state', header: t('schemas.state'), cell: (row) => <LedgerStateLabel state={row.state} /> },
    {
      id: 'version',
      header: t('migrations.broughtBy'),
      cell: (row) =>
        row.version === null ? (
          <span className="dimmed">{t('schemas.noSet')}</span>
        ) : (
          <span className="mono">{row.version}</span>
        ),
    },
    {
      id: 'when',
      header: t('schemas.when'),
      cell: (row) => <Ago iso={row.finishedAt ?? row.startedAt} />,
    },
    { id: 'by', header: t('schemas.by'), cell: (row) => row.by },
    {
      id: 'statement',
      header: t('schemas.statements'),
      isNumber: true,
      cell: (row) => number(row.statement),
    },
    {
      id: 'upgrade',
      header: t('entity.upgrade'),
      // The ledger is the database's own: who ran migrations by hand wrote what they liked.
      cell: (row) => (upgradeIds.test(row.upgradeId) ? <UpgradeLink upgradeId={row.upgradeId} /> : t('state.none')),
    },
  ];
  return (
    <DataTable
      label={t('schemas.ledger')}
      columns={columns}
      rows={rows.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))}
      rowKey={(row) => `${row.name} ${row.startedAt} ${row.state}`}
      maxHeight={420}
    />
  );
}

type Pending = TenantSchema['pending'][number];

function PendingTable({ schema }: { schema: TenantSchema }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const columns: DataColumn<Pending>[] = [
    { id: 'migration', header: t('migrations.one'), cell: (row) => <span className="mono">{row.migration}</span> },
    { id: 'phase', header: t('migrations.phaseTitle'), cell: (row) => <PhaseLabel phase={row.phase} /> },
    { id: 'version', header: t('migrations.broughtBy'), cell: (row) => <span className="mono">{row.version}</span> },
    {
      id: 'schema',
      header: t('migrations.schemaVersion'),
      isNumber: true,
      cell: (row) => number(row.schemaVersion),
    },
  ];
  return (
    <DataTable
      label={t('schemas.pending')}
      columns={columns}
      rows={schema.pending}
      rowKey={(row) => `${row.version} ${row.migration}`}
      maxHeight={300}
    />
  );
}
