import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { deleteDataSource } from '../../api/generated/grey.ts';
import type { DataSource } from '../../api/generated/model/index.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { addressText } from './data-source-fields.ts';

export function DeleteDataSource({ source, onClose }: { source: DataSource; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: (reason: string | undefined) =>
      deleteDataSource(source.id, reason ? { reason } : {}, { headers: { 'if-match': source.etag } }),
    onSuccess: async () => {
      notifications.show({ message: t('dataSources.deleted', { address: addressText(source) }) });
      await navigate({ to: '/databases' });
      client.removeQueries({ queryKey: ['data-sources', source.id] });
      await Promise.all(
        [['data-sources'], ['tenant-schemas'], ['tenant-schema']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
    },
  });
  return (
    <ConfirmTyped
      title={t('dataSources.deleteTitle', { tenant: source.tenantId, service: source.serviceId })}
      word={source.tenantId}
      action={t('action.delete')}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={(reason) => remove.mutate(reason)}
      onClose={onClose}
    >
      {t('dataSources.deleteMeans')}
    </ConfirmTyped>
  );
}
