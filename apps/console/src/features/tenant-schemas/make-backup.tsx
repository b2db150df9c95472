import { Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { createBackup } from '../../api/generated/grey.ts';
import type { CreateBackup } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';

interface MakeBackupProps {
  tenantId: string;
  serviceId: string;
  onClose: () => void;
}

/** Backs a tenant's database up, all of it. */
export function MakeBackup({ tenantId, serviceId, onClose }: MakeBackupProps) {
  const { t } = useTranslation();
  const { bytes } = useFormat();
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: (body: CreateBackup) => createBackup(tenantId, serviceId, body),
    onSuccess: (backup) => {
      notifications.show({ message: t('schemas.backedUp', { size: bytes(backup.byteCount ?? 0) }) });
      onClose();
    },
    // A backup that failed is listed too.
    onSettled: () =>
      Promise.all(
        [['backups'], ['tenant-schema', tenantId, serviceId]].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
  return (
    <ReasonDialog
      title={t('schemas.backUpTitle', { tenant: tenantId, service: serviceId })}
      action={t('schemas.backUp')}
      isBusy={make.isPending}
      error={make.error}
      onAnswer={(body) => make.mutate(body)}
      onClose={onClose}
    >
      <Text size="sm">{t('schemas.backUpMeans')}</Text>
    </ReasonDialog>
  );
}
