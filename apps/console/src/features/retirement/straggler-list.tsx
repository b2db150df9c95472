import { Anchor, Group, NativeSelect, SegmentedControl, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listStragglers } from '../../api/generated/grey.ts';
import type { Retirement, Straggler } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { TextFilter } from '../../parts/filter-bar.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePages } from '../../parts/use-pages.ts';

/** Who is still on the version, by assignment or because the default leads there. */
export function StragglerList({ retirement }: { retirement: Retirement }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { serviceId, version, stragglers } = retirement;
  const [asked, setVia] = useState<Straggler['via'] | null>(null);
  const [tag, setTag] = useState('');
  const [search, setSearch] = useState('');
  const via = asked ?? (stragglers.assignedCount === 0 && stragglers.defaultCount > 0 ? 'default' : 'assignment');
  const filters = { via, ...(tag ? { tag } : {}), ...(search ? { search } : {}) };
  const { query, rows, loadMore } = usePages<Straggler>(['stragglers', serviceId, version, filters], (cursor, signal) =>
    listStragglers(serviceId, version, { ...filters, limit: 200, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const columns: DataColumn<Straggler>[] = [
    {
      id: 'tenant',
      header: t('terms.tenant'),
      cell: (row) => (
        <Anchor component={Link} to={`/tenants/${encodeURIComponent(row.tenantId)}`} size="sm" className="mono nowrap">
          {row.tenantId}
        </Anchor>
      ),
    },
    { id: 'name', header: t('retirement.name'), cell: (row) => row.tenantName },
    {
      id: 'pin',
      header: t('assignments.pin'),
      cell: (row) => (row.isPinned ? <StatusLabel tone="note">{t('source.PINNED')}</StatusLabel> : t('state.none')),
    },
    {
      id: 'tags',
      header: t('tenants.tags'),
      isWrapping: true,
      cell: (row) => (
        <Group gap={4}>
          {row.tags.map((one) => (
            <span key={one} className="tag">
              {one}
            </span>
          ))}
        </Group>
      ),
    },
  ];
  return (
    <Stack gap="xs">
      <Group gap="sm" align="flex-end">
        <SegmentedControl
          size="xs"
          aria-label={t('retirement.via')}
          value={via}
          onChange={(value) => setVia(value as Straggler['via'])}
          data={[
            { value: 'assignment', label: t('retirement.assigned', { shown: number(stragglers.assignedCount) }) },
            { value: 'default', label: t('retirement.byDefault', { shown: number(stragglers.defaultCount) }) },
          ]}
        />
        <NativeSelect
          aria-label={t('filter.tag')}
          value={tag}
          onChange={(event) => setTag(event.currentTarget.value)}
          data={[
            { value: '', label: t('retirement.anyTag') },
            ...stragglers.byTag.map((one) => ({ value: one.tag, label: `${one.tag} (${number(one.tenantCount)})` })),
          ]}
        />
        <TextFilter label={t('filter.search')} width={200} value={search} onSettle={setSearch} />
      </Group>
      {query.isPending && <Loading what={t('retirement.stragglers')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && <Empty>{t('retirement.nobody')}</Empty>}
      {rows.length > 0 && (
        <DataTable
          label={t('retirement.stragglers')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.tenantId}
          maxHeight={320}
          onEndReached={loadMore}
        />
      )}
    </Stack>
  );
}
