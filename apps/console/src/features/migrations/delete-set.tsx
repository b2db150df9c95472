import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { deleteMigrationSet } from '../../api/generated/grey.ts';
import type { MigrationSet } from '../../api/generated/model/index.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';

export function DeleteSet({ set, onClose }: { set: MigrationSet; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { serviceId, version, engine, etag } = set;
  const remove = useMutation({
    mutationFn: (reason: string | undefined) =>
      deleteMigrationSet(
        serviceId,
        version,
        { engine, ...(reason ? { reason } : {}) },
        { headers: { 'if-match': etag } },
      ),
    onSuccess: async () => {
      notifications.show({ message: t('migrations.deleted', { version }) });
      await navigate({ to: '/services/$serviceId/migrations', params: { serviceId } });
      client.removeQueries({ queryKey: ['migrations', serviceId, version, engine] });
      await client.invalidateQueries({ queryKey: ['migrations', serviceId] });
    },
  });
  return (
    <ConfirmTyped
      title={t('migrations.deleteTitle', { service: serviceId, version })}
      word={version}
      action={t('action.delete')}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={(reason) => remove.mutate(reason)}
      onClose={onClose}
    >
      {t('migrations.deleteMeans')}
    </ConfirmTyped>
  );
}
