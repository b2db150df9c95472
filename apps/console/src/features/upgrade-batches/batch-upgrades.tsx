import { Group, NativeSelect, Title } from '@mantine/core';
import { useThrottledValue } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { listUpgrades } from '../../api/generated/grey.ts';
import type { UpgradeBatch, UpgradePage, UpgradeSummary } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { QueriedRows } from '../../parts/queried.tsx';
import { Empty } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { UpgradeTable } from '../upgrades/upgrade-table.tsx';

/** However fast the counts move. */
const rereadMs = 1_000;

/** Its tenants, failures first. The list is read again when the counts of the batch have moved. */
export function BatchUpgrades({ batch: { id, counts, waves } }: { batch: UpgradeBatch }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const view = useSearch({ from: '/shell/upgrades/batches/$batchId' });
  const navigate = useNavigate({ from: '/upgrades/batches/$batchId' });
  const { query, rows, loadMore } = usePages<UpgradeSummary, UpgradePage>(
    ['upgrades', 'list', { batchId: id, ...view }],
    (cursor, signal) =>
      listUpgrades({ batchId: id, ...view, order: 'failures', limit: 100, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const { refetch } = query;
  const moved = useThrottledValue(JSON.stringify(counts), rereadMs);
  useEffect(() => {
    if (moved) void refetch();
  }, [moved, refetch]);
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Title order={2}>{t('batches.tenants')}</Title>
        {waves.length > 1 && (
          <NativeSelect
            aria-label={t('batches.wave')}
            value={view.wave ?? ''}
            onChange={(event) => {
              const wave = Number(event.currentTarget.value);
              void navigate({ search: wave ? { wave } : {}, replace: true });
            }}
            data={[
              { value: '', label: t('batches.allWaves') },
              ...waves.map((one) => ({ value: String(one.number), label: `${number(one.number)} ${one.name}` })),
            ]}
          />
        )}
      </Group>
      <QueriedRows
        query={query}
        what={t('batches.tenants')}
        rowCount={rows.length}
        empty={<Empty>{t('batches.nobodyYet')}</Empty>}
      >
        <UpgradeTable label={t('batches.tenants')} rows={rows} isInBatch maxHeight={420} onEndReached={loadMore} />
      </QueriedRows>
    </div>
  );
}
