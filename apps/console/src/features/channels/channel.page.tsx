import './channels.css';
import { Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getChannel } from '../../api/generated/grey.ts';
import type { Channel } from '../../api/generated/model/index.ts';
import { Ago } from '../../parts/ago.tsx';
import { BackLink } from '../../parts/back-link.tsx';
import { EditOrDelete } from '../../parts/edit-or-delete.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Queried } from '../../parts/queried.tsx';
import { usePermission } from '../access/me.ts';
import { kindOf } from './channel-fields.ts';
import { ChannelForm } from './channel-form.tsx';
import { ChannelAddress, ChannelHealth } from './channel-health.tsx';
import { ChannelTester } from './channel-tester.tsx';
import { DeleteChannel } from './delete-channel.tsx';
import { DeliveryList } from './delivery-list.tsx';
import { refreshMs } from './refresh-ms.ts';
import { SigningKeys } from './signing-keys.tsx';
import { SwitchChannel } from './switch-channel.tsx';
import { useSubscriptionWords } from './use-subscription-words.ts';

/** One channel: how it is set up, whether it works, and what it sent. */
export function ChannelPage() {
  const { t } = useTranslation();
  const { channelId } = useParams({ from: '/shell/channels/$channelId' });
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  const mayManage = usePermission('notifications.manage');
  const channel = useQuery({
    queryKey: ['channels', channelId],
    queryFn: ({ signal }) => getChannel(channelId, { signal }),
    refetchInterval: refreshMs,
  });
  return (
    <>
      <PageHeader
        title={channel.data?.name ?? t('entity.channel')}
        note={channel.data && t(`channels.kinds.${kindOf(channel.data)}`)}
        before={<BackLink to="/channels">{t('channels.back')}</BackLink>}
        actions={
          mayManage &&
          channel.data && (
            <>
              <SwitchChannel channel={channel.data} />
              <EditOrDelete onEdit={() => setDialog('edit')} onDelete={() => setDialog('delete')} />
            </>
          )
        }
      />
      <Queried query={channel} what={t('entity.channel')}>
        {(found) => (
          <Stack gap="md">
            <Facts channel={found} />
            <ChannelTester channelId={channelId} />
            <Title order={2}>{t('channels.deliveries')}</Title>
            <DeliveryList channel={found} />
            {dialog === 'edit' && <ChannelForm channel={found} onClose={() => setDialog(null)} />}
            {dialog === 'delete' && <DeleteChannel channel={found} onClose={() => setDialog(null)} />}
          </Stack>
        )}
      </Queried>
    </>
  );
}

function Facts({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const wordSubscription = useSubscriptionWords();
  const { settings } = channel;
  return (
    <dl className="facts panel">
      <dt>{t('channels.healthTitle')}</dt>
      <dd>
        <ChannelHealth channel={channel} />
        {channel.lastError !== null && <span className="channel-error">{channel.lastError}</span>}
      </dd>
      <dt>{t('channels.lastDelivery')}</dt>
      <dd>{channel.lastDeliveredAt ? <Ago iso={channel.lastDeliveredAt} /> : t('access.never')}</dd>
      <dt>{t('channels.address')}</dt>
      <dd>
        <ChannelAddress channel={channel} />
      </dd>
      {settings.kind === 'email' && (
        <>
          <dt>{t('channels.server')}</dt>
          <dd className="mono">{`${settings.host}:${settings.port} · ${t(`channels.security.${settings.security}`)}`}</dd>
        </>
      )}
      {settings.kind === 'webhook' && <SigningKeys channel={channel} settings={settings} />}
      <dt>{t('channels.subscriptions')}</dt>
      <dd>
        {channel.subscriptions.length === 0 && t('channels.toldNothing')}
        {channel.subscriptions.map((one) => (
          <div key={JSON.stringify(one)}>{wordSubscription(one)}</div>
        ))}
      </dd>
      {settings.template !== null && (
        <>
          <dt>{t('channels.template')}</dt>
          <dd className="channel-template">{settings.template}</dd>
        </>
      )}
    </dl>
  );
}
