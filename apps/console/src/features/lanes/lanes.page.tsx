import { Anchor, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listLanes } from '../../api/generated/grey.ts';
import type { Lane } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { LaneForm } from './lane-form.tsx';
import { useEntryWords } from './use-entry-words.ts';

/** Services that are greyed together: every lane, what it names and who enters. */
export function LanesPage() {
  const { t } = useTranslation();
  const { number } = useFormat();
  const wordEntries = useEntryWords();
  const mayPublish = usePermission('routing.publish');
  const [isCreating, setCreating] = useState(false);
  const lanes = useQuery({ queryKey: ['lanes'], queryFn: ({ signal }) => listLanes({ signal }) });
  const items = lanes.data?.items;
  const columns: DataColumn<Lane>[] = [
    {
      id: 'tag',
      header: t('lanes.tag'),
      cell: (row) => (
        <Anchor component={Link} to={`/lanes/${encodeURIComponent(row.tag)}`} className="mono nowrap" size="sm">
          {row.tag}
        </Anchor>
      ),
    },
    { id: 'name', header: t('lanes.name'), cell: (row) => row.name },
    { id: 'mode', header: t('lanes.mode'), cell: (row) => t(`lanes.modes.${row.mode}`) },
    { id: 'services', header: t('lanes.services'), cell: (row) => number(row.versions.length), isNumber: true },
    { id: 'entry', header: t('lanes.entry'), cell: (row) => wordEntries(row).join(' · '), isWrapping: true },
  ];
  return (
    <>
      <PageHeader
        title={t('nav.lanes')}
        note={t('lanes.note')}
        actions={mayPublish && <Button onClick={() => setCreating(true)}>{t('lanes.create')}</Button>}
      />
      {lanes.isPending && <Loading what={t('nav.lanes')} />}
      {lanes.isError && <Failure error={lanes.error} onRetry={() => void lanes.refetch()} />}
      {items?.length === 0 && <Empty>{t('lanes.noneYet')}</Empty>}
      {items && items.length > 0 && (
        <DataTable
          label={t('nav.lanes')}
          columns={columns}
          rows={items}
          rowKey={(row) => row.tag}
          maxHeight="calc(100vh - 150px)"
        />
      )}
      {isCreating && <LaneForm onClose={() => setCreating(false)} />}
    </>
  );
}
