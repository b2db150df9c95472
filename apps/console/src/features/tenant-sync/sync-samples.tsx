import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TenantSyncCounts, TenantSyncSamples } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Fold } from '../../parts/fold.tsx';
import { type CountKey, countKeys, type SampleRow, sampleRows } from './sync-counts.ts';

type SampleKey = Exclude<CountKey, 'unchanged'>;

/** Tenants that exist have a page of their own; of the others there is nothing to see. */
const hasPage: Record<SampleKey, boolean> = {
  created: false,
  updated: true,
  deleted: false,
  conflicts: true,
  suppressed: false,
  rejected: false,
  kept: true,
};

/** The eight counts of a list of the source, side by side. */
export function SyncCounts({ counts }: { counts: TenantSyncCounts }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  return (
    <dl className="figures">
      {countKeys.map((key) => (
        <div key={key} title={t(`tenantSync.countMeans.${key}`)}>
          <dt>{t(`tenantSync.counts.${key}`)}</dt>
          <dd>{number(counts[key])}</dd>
        </div>
      ))}
    </dl>
  );
}

interface SyncSamplesProps {
  counts: TenantSyncCounts;
  samples: TenantSyncSamples;
  keys: readonly SampleKey[];
  /** Lists shown unfolded. */
  open?: readonly SampleKey[];
}

/** One list per kind that has any, to be unfolded: which tenants, and what is to be known of each. */
export function SyncSamples({ counts, samples, keys, open = [] }: SyncSamplesProps) {
  const { t } = useTranslation();
  const found = keys.filter((key) => counts[key] > 0);
  if (found.length === 0) return null;
  return (
    <Stack gap={6}>
      {found.map((key) => (
        <Fold
          key={key}
          title={t(`tenantSync.counts.${key}`)}
          count={counts[key]}
          means={t(`tenantSync.countMeans.${key}`)}
          isOpen={open.includes(key)}
        >
          <SampleTable of={key} rows={sampleRows(samples, key)} count={counts[key]} />
        </Fold>
      ))}
    </Stack>
  );
}

function SampleTable({ of, rows, count }: { of: SampleKey; rows: readonly SampleRow[]; count: number }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const isRejected = of === 'rejected';
  const columns: DataColumn<SampleRow>[] = [
    {
      id: 'tenant',
      header: t('terms.tenant'),
      cell: ({ tenantId }) => {
        if (tenantId === null) return t('state.none');
        if (!hasPage[of]) return <span className="mono">{tenantId}</span>;
        return (
          <Anchor component={Link} to={`/tenants/${encodeURIComponent(tenantId)}`} className="mono nowrap" size="sm">
            {tenantId}
          </Anchor>
        );
      },
    },
    {
      id: 'text',
      header: isRejected ? t('tenantSync.where') : t('tenants.name'),
      cell: (row) => <span className={isRejected ? 'mono' : undefined}>{row.text}</span>,
    },
    ...(isRejected || of === 'updated'
      ? [
          {
            id: 'detail',
            header: isRejected ? t('plan.why') : t('tenantSync.fields'),
            isWrapping: true,
            cell: (row: SampleRow) => row.detail ?? t('state.none'),
          },
        ]
      : []),
  ];
  return (
    <Stack gap={4} mt={6}>
      <DataTable
        label={t(`tenantSync.counts.${of}`)}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.key}
        maxHeight={168}
      />
      {rows.length < count && (
        <Text size="xs" c="dimmed">
          {t('state.firstOf', { shown: number(rows.length), all: number(count) })}
        </Text>
      )}
    </Stack>
  );
}
