import { Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { DiscoverySource } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Fold } from '../../parts/fold.tsx';

/** A line of any of the lists: which service, which instance, and what is to be known of it. */
interface Line {
  readonly serviceId: string;
  readonly instanceId?: string;
  readonly detail?: string | null;
}

/** What a source lists and nothing, or something unexpected, is done with. */
export function UnusedList({ source }: { source: DiscoverySource }) {
  const { t } = useTranslation();
  const { untagged, untaggedCount, rejected, rejectedCount, unmapped, unmappedCount } = source;
  if (untaggedCount + rejectedCount + unmappedCount === 0) return null;
  const name = t(`discovery.names.${source.id}`);
  const lists = [
    {
      kind: 'untagged',
      count: untaggedCount,
      detail: t('terms.version'),
      lines: untagged.map(({ version, ...one }) => ({ ...one, detail: version ?? t('discovery.noBaseline') })),
    },
    {
      kind: 'rejected',
      count: rejectedCount,
      detail: t('plan.why'),
      lines: rejected.map(({ reason, ...one }) => ({ ...one, detail: reason })),
    },
    { kind: 'unmapped', count: unmappedCount, lines: unmapped.map((serviceId) => ({ serviceId })) },
  ] as const;
  return (
    <Stack gap="xs">
      <Title order={2}>{t('discovery.unused', { name })}</Title>
      {lists.map(
        ({ kind, count, lines, ...rest }) =>
          count > 0 && (
            <Fold
              key={kind}
              title={t(`discovery.lists.${kind}`)}
              count={count}
              means={t(`discovery.listMeans.${kind}`)}
            >
              <LineTable
                label={t(`discovery.lists.${kind}`)}
                detail={'detail' in rest ? rest.detail : undefined}
                lines={lines}
                count={count}
              />
            </Fold>
          ),
      )}
    </Stack>
  );
}

interface LineTableProps {
  label: string;
  /** Header of the last column; without it, lines are services alone. */
  detail: string | undefined;
  lines: readonly Line[];
  count: number;
}

function LineTable({ label, detail, lines, count }: LineTableProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const columns: DataColumn<Line>[] = [
    { id: 'service', header: t('terms.service'), cell: (line) => <span className="mono">{line.serviceId}</span> },
  ];
  if (detail !== undefined)
    columns.push(
      { id: 'instance', header: t('instances.id'), cell: (line) => <span className="mono">{line.instanceId}</span> },
      { id: 'detail', header: detail, isWrapping: true, cell: (line) => line.detail },
    );
  return (
    <Stack gap={4} mt={6}>
      <DataTable
        label={label}
        columns={columns}
        rows={lines}
        rowKey={(line) => `${line.serviceId} ${line.instanceId ?? ''}`}
        maxHeight={220}
      />
      {lines.length < count && (
        <Text size="xs" c="dimmed">
          {t('state.firstOf', { shown: number(lines.length), all: number(count) })}
        </Text>
      )}
    </Stack>
  );
}
