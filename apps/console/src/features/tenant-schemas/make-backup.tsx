import { Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createBackup } from '../../api/generated/grey.ts';
import { useFormat } from '../../i18n/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FormFooter } from '../../parts/form-footer.tsx';

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
  const [reason, setReason] = useState('');
  const make = useMutation({
    mutationFn: () => createBackup(tenantId, serviceId, reason.trim() ? { reason: reason.trim() } : {}),
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Dialog title={t('schemas.backUpTitle', { tenant: tenantId, service: serviceId })} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t('schemas.backUpMeans')}</Text>
          <TextInput
            label={t('confirm.reason')}
            data-autofocus
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <FormFooter error={make.error} action={t('schemas.backUp')} isBusy={make.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}
