import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { DiscoveryService } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { driftFirst, missingByPlace } from './drift-words.ts';

/** So many instance ids are named in a cell. */
const namedIds = 5;

/** Per service, how many instances each place holds, and which ones are not everywhere. */
export function ServiceDrift({ services }: { services: readonly DiscoveryService[] }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const countOf = (count: number | null) => (count === null ? t('state.none') : number(count));
  const columns: DataColumn<DiscoveryService>[] = [
    {
      id: 'service',
      header: t('terms.service'),
      cell: (row) => (
        <Anchor
          component={Link}
          to={`/services/${encodeURIComponent(row.serviceId)}`}
          size="sm"
          className="mono nowrap"
        >
          {row.serviceId}
        </Anchor>
      ),
    },
    { id: 'source', header: t('discovery.places.source'), isNumber: true, cell: (row) => countOf(row.inSource) },
    { id: 'redis', header: t('discovery.places.redis'), isNumber: true, cell: (row) => countOf(row.inRedis) },
    { id: 'memory', header: t('discovery.places.memory'), isNumber: true, cell: (row) => number(row.inMemory) },
    {
      id: 'drift',
      header: t('discovery.drift'),
      isWrapping: true,
      width: 320,
      cell: (row) => <Drift service={row} />,
    },
    {
      id: 'read',
      header: t('discovery.sourceReadAt'),
      cell: (row) => (row.sourceReadAt ? <Ago iso={row.sourceReadAt} /> : t('state.none')),
    },
    { id: 'owner', header: t('discovery.owner'), cell: (row) => <span className="mono">{row.owner}</span> },
  ];
  const driftCount = services.filter((service) => service.hasDrift).length;
  return (
    <Stack gap="xs">
      <Group gap="sm" align="baseline">
        <Title order={2}>{t('discovery.agreement')}</Title>
        {services.length > 0 && (
          <Text size="sm" c="dimmed" role="status" data-testid="drift-count">
            {driftCount === 0
              ? t('discovery.allAgree', { count: services.length })
              : t('discovery.someDiffer', { differing: number(driftCount), count: services.length })}
          </Text>
        )}
      </Group>
      {services.length === 0 ? (
        <Empty>{t('discovery.noServices')}</Empty>
      ) : (
        <DataTable
          label={t('discovery.agreement')}
          columns={columns}
          rows={driftFirst(services)}
          rowKey={(row) => row.serviceId}
          maxHeight={440}
        />
      )}
    </Stack>
  );
}

function Drift({ service }: { service: DiscoveryService }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  if (!service.hasDrift) return <StatusLabel tone="good">{t('discovery.agrees')}</StatusLabel>;
  return (
    <Stack gap={2}>
      {missingByPlace(service.drift).map(({ place, instanceIds }) => (
        <Group gap={6} key={place} wrap="nowrap" align="baseline">
          <StatusLabel tone="warn">{t(`discovery.missingIn.${place}`)}</StatusLabel>
          <span className="mono">
            {instanceIds.slice(0, namedIds).join(', ')}
            {instanceIds.length > namedIds && ` +${number(instanceIds.length - namedIds)}`}
          </span>
        </Group>
      ))}
    </Stack>
  );
}
