import { Group, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Retirement, RetirementInstance } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { HealthLabel, StatusLabel } from '../../parts/status.tsx';

/** Instances that still run the version: they keep nothing, but somebody has to switch them off. */
export function InstancesLeft({ retirement: { instances, instanceCount } }: { retirement: Retirement }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const columns: DataColumn<RetirementInstance>[] = [
    { id: 'id', header: t('instances.id'), cell: (row) => <span className="mono nowrap">{row.instanceId}</span> },
    { id: 'address', header: t('instances.address'), cell: (row) => <span className="mono">{row.address}</span> },
    { id: 'source', header: t('instances.source'), cell: (row) => t(`discovery.names.${row.source}`) },
    {
      id: 'health',
      header: t('instances.health'),
      cell: (row) =>
        row.isEnabled ? (
          <HealthLabel health={row.health} />
        ) : (
          <StatusLabel tone="plain">{t('instances.disabled')}</StatusLabel>
        ),
    },
  ];
  return (
    <div>
      <Group gap="sm" align="baseline" mb="xs">
        <Title order={2}>{t('retirement.instances')}</Title>
        <Text size="xs" c="dimmed">
          {t('retirement.instancesMean', { all: number(instanceCount) })}
        </Text>
      </Group>
      <DataTable
        label={t('retirement.instances')}
        columns={columns}
        rows={instances}
        rowKey={(row) => row.instanceId}
        maxHeight={260}
      />
    </div>
  );
}
