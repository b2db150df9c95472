import { Button, Stack, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listBackups } from '../../api/generated/grey.ts';
import type { Backup, BackupPage } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { QueriedRows } from '../../parts/queried.tsx';
import { Empty } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { usePermission } from '../access/me.ts';
import { RestoreBackup } from './restore-backup.tsx';
import { BackupStateLabel } from './schema-labels.tsx';

/** The backups of one tenant's database for one service, the newest first. */
export function BackupSection({ tenantId, serviceId }: { tenantId: string; serviceId: string }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Backup | null>(null);
  const { query, rows, loadMore } = usePages<Backup, BackupPage>(
    ['backups', { tenantId, serviceId }],
    (cursor, signal) => listBackups({ tenantId, serviceId, limit: 50, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  return (
    <Stack gap="xs">
      <Title order={2}>{t('schemas.backups')}</Title>
      <QueriedRows
        query={query}
        what={t('schemas.backups')}
        rowCount={rows.length}
        empty={<Empty>{t('schemas.noBackups')}</Empty>}
      >
        <BackupTable rows={rows} onEndReached={loadMore} onRestore={setChosen} />
      </QueriedRows>
      {chosen && <RestoreBackup backup={chosen} onClose={() => setChosen(null)} />}
    </Stack>
  );
}

interface BackupTableProps {
  rows: readonly Backup[];
  onEndReached: () => void;
  onRestore: (backup: Backup) => void;
}

function BackupTable({ rows, onEndReached, onRestore }: BackupTableProps) {
  const { t } = useTranslation();
  const { number, bytes, date, dateTime } = useFormat();
  const mayRestore = usePermission('backups.restore');
  const restore: DataColumn<Backup> = {
    id: 'restore',
    header: t('action.title'),
    cell: (row) =>
      row.state === 'done' ? (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={t('schemas.restoreOf', { when: dateTime(row.createdAt) })}
          onClick={() => onRestore(row)}
        >
          {t('schemas.restore')}
        </Button>
      ) : null,
  };
  const columns: DataColumn<Backup>[] = [
    {
      id: 'made',
      header: t('schemas.made'),
      cell: (row) => (
        <span id={`backup-${row.id}`}>
          <Ago iso={row.createdAt} />
        </span>
      ),
    },
    {
      id: 'state',
      header: t('schemas.state'),
      isWrapping: true,
      cell: (row) => (
        <>
          <BackupStateLabel state={row.state} />
          {row.error !== null && <div className="ledger-message">{row.error}</div>}
          {row.place !== null && <div className="mono backup-place">{row.place}</div>}
          {row.restoredAt !== null && (
            <div className="dimmed backup-restored">
              {t('schemas.restoredAt')} <Ago iso={row.restoredAt} />
            </div>
          )}
        </>
      ),
    },
    {
      id: 'what',
      header: t('schemas.holds'),
      isWrapping: true,
      cell: (row) =>
        row.tables.length === 0 ? (
          t('schemas.allOfIt')
        ) : (
          <span title={row.tables.join(', ')}>{t('schemas.tableCount', { count: row.tables.length })}</span>
        ),
    },
    { id: 'method', header: t('schemas.method'), cell: (row) => <span className="mono">{row.method}</span> },
    {
      id: 'schema',
      header: t('migrations.schemaVersion'),
      isNumber: true,
      cell: (row) => (row.schemaVersion === null ? t('state.none') : number(row.schemaVersion)),
    },
    {
      id: 'size',
      header: t('schemas.size'),
      isNumber: true,
      cell: (row) =>
        row.byteCount === null ? (
          t('state.none')
        ) : (
          <span title={row.checksum === null ? undefined : `sha256 ${row.checksum}`}>{bytes(row.byteCount)}</span>
        ),
    },
    {
      id: 'until',
      header: t('schemas.keptUntil'),
      cell: (row) =>
        row.expiresAt === null ? (
          t('state.none')
        ) : (
          <time dateTime={row.expiresAt} title={dateTime(row.expiresAt)}>
            {date(row.expiresAt)}
          </time>
        ),
    },
    ...(mayRestore ? [restore] : []),
  ];
  return (
    <DataTable
      label={t('schemas.backups')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      maxHeight={360}
      onEndReached={onEndReached}
    />
  );
}
