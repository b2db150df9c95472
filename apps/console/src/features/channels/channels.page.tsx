import './channels.css';
import { Anchor, Button, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listChannels } from '../../api/generated/grey.ts';
import type { Channel } from '../../api/generated/model/index.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { kindOf } from './channel-fields.ts';
import { ChannelForm } from './channel-form.tsx';
import { ChannelAddress, ChannelHealth } from './channel-health.tsx';
import { refreshMs } from './refresh-ms.ts';
import { useSubscriptionWords } from './use-subscription-words.ts';

/** Where changes are told, what of them, and how that goes. */
export function ChannelsPage() {
  const { t } = useTranslation();
  const [isCreating, setCreating] = useState(false);
  const mayManage = usePermission('notifications.manage');
  const query = useQuery({
    queryKey: ['channels'],
    queryFn: ({ signal }) => listChannels({ signal }),
    refetchInterval: refreshMs,
  });
  const channels = query.data?.items ?? [];
  const create = <Button onClick={() => setCreating(true)}>{t('channels.create')}</Button>;
  return (
    <>
      <PageHeader title={t('nav.channels')} note={t('channels.note')} actions={mayManage && create} />
      {query.isPending && <Loading what={t('nav.channels')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && channels.length === 0 && <Empty action={mayManage && create}>{t('channels.noneYet')}</Empty>}
      {channels.length > 0 && <ChannelTable channels={channels} />}
      {isCreating && <ChannelForm onClose={() => setCreating(false)} />}
    </>
  );
}

function ChannelTable({ channels }: { channels: readonly Channel[] }) {
  const { t } = useTranslation();
  const wordSubscription = useSubscriptionWords();
  const columns: DataColumn<Channel>[] = [
    {
      id: 'name',
      header: t('channels.name'),
      cell: (row) => (
        <Anchor component={Link} to={`/channels/${row.id}`} size="sm">
          {row.name}
        </Anchor>
      ),
    },
    { id: 'kind', header: t('channels.kind'), cell: (row) => t(`channels.kinds.${kindOf(row)}`) },
    {
      id: 'address',
      header: t('channels.address'),
      isWrapping: true,
      width: 190,
      cell: (row) => <ChannelAddress channel={row} />,
    },
    {
      id: 'subscriptions',
      header: t('channels.subscriptions'),
      isWrapping: true,
      width: 320,
      cell: (row) =>
        row.subscriptions.length === 0 ? (
          <span className="dimmed">{t('channels.toldNothing')}</span>
        ) : (
          <Stack gap={0}>
            {row.subscriptions.map((one) => (
              <span key={JSON.stringify(one)}>{wordSubscription(one)}</span>
            ))}
          </Stack>
        ),
    },
    { id: 'health', header: t('channels.healthTitle'), cell: (row) => <ChannelHealth channel={row} /> },
    {
      id: 'last',
      header: t('channels.lastDelivery'),
      cell: (row) => (row.lastDeliveredAt ? <Ago iso={row.lastDeliveredAt} /> : t('access.never')),
    },
  ];
  return (
    <DataTable
      label={t('nav.channels')}
      columns={columns}
      rows={channels}
      rowKey={(row) => row.id}
      maxHeight="calc(100vh - 130px)"
    />
  );
}
