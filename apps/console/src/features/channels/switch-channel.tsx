import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { updateChannel } from '../../api/generated/grey.ts';
import type { Channel } from '../../api/generated/model/index.ts';
import { useProblemWords } from '../../parts/states.tsx';

/** On and off. What waits in a channel that is off stays; what happens meanwhile is not told through it. */
export function SwitchChannel({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const wordProblem = useProblemWords();
  const change = useMutation({
    mutationFn: () =>
      updateChannel(channel.id, { isEnabled: !channel.isEnabled }, { headers: { 'if-match': channel.etag } }),
    onSuccess: ({ isEnabled }) => notifications.show({ message: isEnabled ? t('channels.isOn') : t('channels.isOff') }),
    onError: (error) => notifications.show({ color: 'red', message: wordProblem(error).title }),
    onSettled: () => client.invalidateQueries({ queryKey: ['channels'] }),
  });
  return (
    <Button
      variant="default"
      loading={change.isPending}
      title={channel.isEnabled ? t('channels.offMeans') : undefined}
      onClick={() => change.mutate()}
    >
      {channel.isEnabled ? t('channels.switchOff') : t('channels.switchOn')}
    </Button>
  );
}
