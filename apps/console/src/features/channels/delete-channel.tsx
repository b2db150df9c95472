import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { deleteChannel } from '../../api/generated/grey.ts';
import type { Channel } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';

export function DeleteChannel({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const navigate = useNavigate();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteChannel(channel.id, { headers: { 'if-match': channel.etag } }),
    onSuccess: async () => {
      notifications.show({ message: t('channels.deleted', { name: channel.name }) });
      await navigate({ to: '/channels' });
      client.removeQueries({ queryKey: ['channels', channel.id] });
      await client.invalidateQueries({ queryKey: ['channels'] });
    },
  });
  return (
    <ConfirmTyped
      title={t('channels.deleteTitle', { name: channel.name })}
      word={channel.name}
      action={t('action.delete')}
      isBusy={remove.isPending}
      error={remove.error}
      hasReason={false}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t('channels.deleteMeans', { waiting: number(channel.pendingCount), dead: number(channel.deadCount) })}
    </ConfirmTyped>
  );
}
