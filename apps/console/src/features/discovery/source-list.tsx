import { Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { DiscoverySource } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { StatusLabel } from '../../parts/status.tsx';

const stateTones = { up: 'good', stale: 'bad', off: 'plain' } as const;

/** Where instances come from, and since when a source has not answered. */
export function SourceList({ sources }: { sources: readonly DiscoverySource[] }) {
  const { t } = useTranslation();
  const { number, duration } = useFormat();
  const columns: DataColumn<DiscoverySource>[] = [
    {
      id: 'source',
      header: t('discovery.source'),
      cell: (row) => (
        <span title={row.kind}>
          {t(`discovery.names.${row.id}`)}
          {row.kind !== row.id && <Text span size="xs" c="dimmed" className="mono">{` ${row.kind}`}</Text>}
        </span>
      ),
    },
    {
      id: 'state',
      header: t('discovery.state'),
      cell: (row) => (
        <Group gap={4} wrap="nowrap">
          <StatusLabel tone={stateTones[row.state]}>{t(`discovery.states.${row.state}`)}</StatusLabel>
          {row.breaker !== null && row.breaker !== 'closed' && (
            <StatusLabel tone="warn">{t(`discovery.breakers.${row.breaker}`)}</StatusLabel>
          )}
        </Group>
      ),
    },
    { id: 'good', header: t('discovery.lastGoodAt'), cell: (row) => <Since iso={row.lastGoodAt} /> },
    { id: 'stale', header: t('discovery.staleSince'), cell: (row) => <Since iso={row.staleSince} /> },
    { id: 'services', header: t('nav.services'), isNumber: true, cell: (row) => number(row.serviceCount) },
    { id: 'instances', header: t('discovery.instances'), isNumber: true, cell: (row) => number(row.instanceCount) },
    {
      id: 'took',
      header: t('discovery.lastSync'),
      isNumber: true,
      cell: (row) => (row.lastSyncMs === null ? t('state.none') : duration(row.lastSyncMs)),
    },
    {
      id: 'where',
      header: t('discovery.where'),
      cell: (row) => <span className="mono">{row.where ?? t('state.none')}</span>,
    },
  ];
  return (
    <Stack gap="xs">
      <Title order={2}>{t('discovery.sources')}</Title>
      <DataTable label={t('discovery.sources')} columns={columns} rows={sources} rowKey={(row) => row.id} />
      {sources.map((source) => (
        <SourceNote key={source.id} source={source} />
      ))}
    </Stack>
  );
}

/** What an operator has to know of a source that is stale or not configured. */
function SourceNote({ source }: { source: DiscoverySource }) {
  const { t } = useTranslation();
  const name = t(`discovery.names.${source.id}`);
  if (source.state === 'off')
    return (
      <Text size="sm" c="dimmed">
        {t('discovery.offMeans')}
      </Text>
    );
  if (source.state !== 'stale') return null;
  return (
    <section className="panel" data-tone="bad" aria-label={t('discovery.staleTitle', { name })}>
      <Text size="sm" fw={600}>
        {t('discovery.staleTitle', { name })}
      </Text>
      <Text size="sm">{t('discovery.staleMeans')}</Text>
      {source.error && (
        <Text size="sm" className="mono">
          {source.error}
        </Text>
      )}
    </section>
  );
}

function Since({ iso }: { iso: string | null }) {
  const { t } = useTranslation();
  return iso === null ? t('state.none') : <Ago iso={iso} />;
}
