import { Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listInstances } from '../../api/generated/grey.ts';
import type { Instance } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { HealthLabel, StatusLabel } from '../../parts/status.tsx';

/** Heartbeats are no events of the stream, so "last seen" is read anew while the page is open. */
const rereadMs = 5_000;

/** Live instances of a service, as this router knows them. */
export function InstanceList({ serviceId }: { serviceId: string }) {
  const { t } = useTranslation();
  const { number, duration } = useFormat();
  const instances = useQuery({
    queryKey: ['instances', serviceId],
    queryFn: ({ signal }) => listInstances(serviceId, { signal }),
    refetchInterval: rereadMs,
  });
  const columns: DataColumn<Instance>[] = [
    { id: 'id', header: t('instances.id'), cell: (row) => <span className="mono nowrap">{row.instanceId}</span> },
    {
      id: 'address',
      header: t('instances.address'),
      cell: (row) => <span className="mono nowrap">{row.address}</span>,
    },
    {
      id: 'version',
      header: t('terms.version'),
      cell: (row) => (
        <Group gap={6} wrap="nowrap">
          <span className="mono nowrap">{row.version}</span>
          {!row.isVersionKnown && <StatusLabel tone="warn">{t('instances.versionUnknown')}</StatusLabel>}
        </Group>
      ),
    },
    {
      id: 'health',
      header: t('instances.health'),
      cell: (row) => (
        <span title={row.healthCheck?.detail ?? undefined}>
          {row.isEnabled ? (
            <HealthLabel health={row.health} />
          ) : (
            <StatusLabel tone="plain">{t('instances.disabled')}</StatusLabel>
          )}
        </span>
      ),
    },
    { id: 'weight', header: t('instances.weight'), cell: (row) => number(row.weight), isNumber: true },
    {
      id: 'inFlight',
      header: t('instances.inFlight'),
      isNumber: true,
      cell: (row) => (row.inFlight === null ? t('state.none') : number(row.inFlight)),
    },
    {
      id: 'latency',
      header: t('instances.latency'),
      isNumber: true,
      cell: (row) => (row.latencyMs === null ? t('state.none') : duration(row.latencyMs)),
    },
    { id: 'source', header: t('instances.source'), cell: (row) => t(`discovery.names.${row.source}`) },
    { id: 'region', header: t('instances.region'), cell: (row) => row.region ?? t('state.none') },
    { id: 'seen', header: t('instances.lastSeen'), cell: (row) => <Ago iso={row.lastSeenAt} /> },
  ];
  return (
    <Stack gap="xs">
      <Group gap="sm" align="baseline">
        <Title order={2}>{t('services.liveInstances')}</Title>
        {instances.data && (
          <Text size="sm" c="dimmed">
            {number(instances.data.items.length)}
          </Text>
        )}
      </Group>
      {instances.isPending && <Loading what={t('services.liveInstances')} />}
      {instances.isError && <Failure error={instances.error} onRetry={() => void instances.refetch()} />}
      {instances.data?.items.length === 0 && <Empty>{t('instances.none')}</Empty>}
      {instances.data && instances.data.items.length > 0 && (
        <DataTable
          label={t('services.liveInstances')}
          columns={columns}
          rows={instances.data.items}
          rowKey={(row) => row.instanceId}
          maxHeight={340}
        />
      )}
    </Stack>
  );
}
