import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { restoreBackup } from '../../api/generated/grey.ts';
import type { Backup, BackupRestore } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { intervalText } from './interval-text.ts';

/** Writes a backup back, after the operator has typed whose data are lost; afterwards it says what was written. */
export function RestoreBackup({ backup, onClose }: { backup: Backup; onClose: () => void }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const client = useQueryClient();
  const restore = useMutation({
    mutationFn: (reason: string | undefined) =>
      restoreBackup(backup.id, { reason: reason ?? '', confirm: backup.tenantId }),
    onSuccess: () =>
      Promise.all(
        [['backups'], ['tenant-schema', backup.tenantId, backup.serviceId], ['tenant-schemas']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
  if (restore.data) return <Restored restore={restore.data} onClose={onClose} />;
  const when = dateTime(backup.createdAt);
  return (
    <ConfirmTyped
      title={t('schemas.restoreTitle', { tenant: backup.tenantId, service: backup.serviceId })}
      word={backup.tenantId}
      action={t('schemas.restore')}
      isReasonNeeded
      isBusy={restore.isPending}
      error={restore.error}
      onConfirm={(reason) => restore.mutate(reason)}
      onClose={onClose}
    >
      <Stack gap="xs">
        <div className="panel" data-tone="bad">
          <strong>{t('schemas.restoreLoses', { tenant: backup.tenantId, when })}</strong>
          <div>
            {backup.tables.length === 0
              ? t('schemas.restoreAll')
              : t('schemas.restoreTables', { count: backup.tables.length })}
          </div>
          {backup.schemaVersion !== null && <div>{t('schemas.restoreSchema', { schema: backup.schemaVersion })}</div>}
        </div>
        {backup.tables.length > 0 && <span className="mono restore-tables">{backup.tables.join(', ')}</span>}
        <span>{t('schemas.restoreAdvice')}</span>
      </Stack>
    </ConfirmTyped>
  );
}

function Restored({ restore: { backup, tables, state }, onClose }: { restore: BackupRestore; onClose: () => void }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  return (
    <Dialog title={t('schemas.restored', { tenant: backup.tenantId, service: backup.serviceId })} onClose={onClose}>
      <Stack gap="sm">
        {state && <Text size="sm">{t('schemas.servesNow', { schema: intervalText(state) })}</Text>}
        <ul className="plain-list restore-tables">
          {tables.map(({ table, rowCount }) => (
            <li key={table}>
              <span className="mono">{table}</span> {t('schemas.rows', { rows: number(rowCount) })}
            </li>
          ))}
        </ul>
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('action.close')}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
