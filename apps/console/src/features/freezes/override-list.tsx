import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { listChanges } from '../../api/generated/grey.ts';
import type { Change, Freeze } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { kindKey } from '../changes/change-filters.ts';
import { namesFreeze } from './names-freeze.ts';

/** Changes that were made although the freeze was in force: who, when, why, and what it set aside. */
export function OverrideList({ freeze }: { freeze: Freeze }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const { query, rows, loadMore } = usePages<Change>(['changes', 'overriding', freeze.id], (cursor, signal) =>
    listChanges(
      { overridden: 'FROZEN', since: freeze.startsAt, limit: 100, ...(cursor ? { cursor } : {}) },
      { signal },
    ),
  );
  if (query.isPending) return <Loading what={t('freezes.overrides')} />;
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  const found = rows.filter((change) => namesFreeze(change, freeze.title));
  if (found.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('freezes.noOverrides')}
      </Text>
    );
  const columns: DataColumn<Change>[] = [
    { id: 'at', header: t('freezes.at'), cell: (row) => dateTime(row.at) },
    { id: 'who', header: t('freezes.who'), cell: (row) => row.actor.name },
    {
      id: 'what',
      header: t('freezes.what'),
      isWrapping: true,
      cell: (row) => (
        <>
          {t(`changeKinds.${kindKey(row.kind)}`)}
          {row.reason && <div className="dimmed">{row.reason}</div>}
        </>
      ),
    },
  ];
  return (
    <DataTable
      label={t('freezes.overrides')}
      columns={columns}
      rows={found}
      rowKey={(row) => row.id}
      maxHeight={320}
      onEndReached={loadMore}
    />
  );
}
