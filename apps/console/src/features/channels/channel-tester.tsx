import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { testChannel } from '../../api/generated/grey.ts';
import type { ChannelTest } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Failure } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';

/** Sends a message now and shows what became of it: whether it was taken, how long it took, what the other side said. */
export function ChannelTester({ channelId }: { channelId: string }) {
  const { t } = useTranslation();
  const mayManage = usePermission('notifications.manage');
  const tested = useMutation({ mutationFn: () => testChannel(channelId) });
  if (!mayManage) return null;
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Button loading={tested.isPending} onClick={() => tested.mutate()}>
          {t('channels.test')}
        </Button>
        <Text size="sm" c="dimmed">
          {t('channels.testMeans')}
        </Text>
      </Group>
      {tested.isError && <Failure error={tested.error} />}
      {tested.data && !tested.isPending && <Answer test={tested.data} />}
    </Stack>
  );
}

function Answer({ test }: { test: ChannelTest }) {
  const { t } = useTranslation();
  const { duration } = useFormat();
  return (
    <div className="panel" data-tone={test.isDelivered ? 'good' : 'bad'} role="status" data-testid="channel-test">
      <Text size="sm" fw={600}>
        {test.isDelivered ? t('channels.testTaken') : t('channels.testRefused')}
      </Text>
      <dl className="facts">
        <dt>{t('channels.status')}</dt>
        <dd>{test.httpStatus ?? t('state.none')}</dd>
        <dt>{t('channels.took')}</dt>
        <dd>{duration(test.durationMs)}</dd>
        {test.error !== null && (
          <>
            <dt>{t('channels.error')}</dt>
            <dd>{test.error}</dd>
          </>
        )}
        {test.answer && (
          <>
            <dt>{t('channels.answer')}</dt>
            <dd className="mono channel-answer">{test.answer}</dd>
          </>
        )}
      </dl>
    </div>
  );
}
