import { Anchor, Button, Group, SegmentedControl, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listDeliveries, resendDeadLetters, resendDelivery } from '../../api/generated/grey.ts';
import { ChangeKind, type Channel, type Delivery } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { usePermission } from '../access/me.ts';
import { kindKey } from '../changes/change-filters.ts';
import { readDeliveryView } from './delivery-view.ts';

const tones = { pending: 'note', delivered: 'good', dead: 'bad' } as const;
const statuses = ['all', 'pending', 'delivered', 'dead'] as const;

/** What was sent through a channel, what waits and what is dead, newest first. */
export function DeliveryList({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const client = useQueryClient();
  const mayManage = usePermission('notifications.manage');
  const { status } = useSearch({ from: '/shell/channels/$channelId' });
  const navigate = useNavigate({ from: '/channels/$channelId' });
  const { query, rows, loadMore } = usePages<Delivery>(
    // What has been delivered moves the counts of the channel, and they this list.
    ['channels', channel.id, 'deliveries', status, channel.pendingCount, channel.deadCount, channel.lastDeliveredAt],
    (cursor, signal) =>
      listDeliveries(
        { channelId: channel.id, limit: 100, ...(status ? { status } : {}), ...(cursor ? { cursor } : {}) },
        { signal },
      ),
  );
  const resend = useMutation({
    mutationFn: (id: string | null) =>
      id === null ? resendDeadLetters(channel.id) : resendDelivery(id).then(() => ({ count: 1 })),
    onSuccess: async ({ count }) => {
      notifications.show({ message: t('channels.resent', { count }) });
      await client.invalidateQueries({ queryKey: ['channels'] });
    },
  });
  const columns: DataColumn<Delivery>[] = [
    { id: 'created', header: t('changes.when'), cell: (row) => <Ago iso={row.createdAt} /> },
    {
      id: 'status',
      header: t('channels.status'),
      cell: (row) => <StatusLabel tone={tones[row.status]}>{t(`channels.deliveryStatus.${row.status}`)}</StatusLabel>,
    },
    { id: 'event', header: t('channels.event'), cell: (row) => <EventName delivery={row} /> },
    {
      id: 'change',
      header: t('terms.change'),
      cell: ({ eventId }) => (
        <Anchor component={Link} to={`/changes/${eventId}`} size="sm" className="mono">
          {eventId}
        </Anchor>
      ),
    },
    { id: 'attempts', header: t('channels.attempts'), isNumber: true, cell: (row) => number(row.attemptCount) },
    {
      id: 'said',
      header: t('channels.outcome'),
      isWrapping: true,
      width: '30%',
      cell: (row) => row.lastError ?? row.httpStatus ?? t('state.none'),
    },
    ...(mayManage
      ? [
          {
            id: 'actions',
            header: t('action.title'),
            cell: (row: Delivery) =>
              row.status === 'dead' && (
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={t('channels.resendOf', { id: row.eventId })}
                  loading={resend.isPending && resend.variables === row.id}
                  onClick={() => resend.mutate(row.id)}
                >
                  {t('channels.resend')}
                </Button>
              ),
          },
        ]
      : []),
  ];
  return (
    <>
      <Group gap="sm" justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t('channels.status')}
          value={status ?? 'all'}
          onChange={(value) => void navigate({ search: readDeliveryView({ status: value }), replace: true })}
          data={statuses.map((value) => ({ value, label: t(`channels.deliveryStatus.${value}`) }))}
        />
        {mayManage && channel.deadCount > 0 && (
          <Button
            variant="default"
            loading={resend.isPending && resend.variables === null}
            onClick={() => resend.mutate(null)}
          >
            {t('channels.resendAll', { dead: number(channel.deadCount) })}
          </Button>
        )}
      </Group>
      {resend.isError && <Failure error={resend.error} />}
      {query.isPending && rows.length === 0 && <Loading what={t('channels.deliveries')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && (
        <Empty>{status ? t('channels.noneOfStatus') : t('channels.noDeliveries')}</Empty>
      )}
      {rows.length > 0 && (
        <DataTable
          label={t('channels.deliveries')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          maxHeight={420}
          onEndReached={loadMore}
        />
      )}
    </>
  );
}

const knownKinds = new Set<string>(Object.values(ChangeKind));

/** What happened, how often. A kind of a later version is called by its name. */
function EventName({ delivery: { notification } }: { delivery: Delivery }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const kind = notification.kind as ChangeKind;
  return (
    <span>
      {knownKinds.has(kind) ? t(`changeKinds.${kindKey(kind)}`) : kind}
      {notification.matchedCount > 1 && (
        <Text span size="xs" c="dimmed">{` × ${number(notification.matchedCount)}`}</Text>
      )}
    </span>
  );
}
