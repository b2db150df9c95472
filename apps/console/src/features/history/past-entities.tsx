import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { listStateEntities } from '../../api/generated/grey.ts';
import type { ChangeItemEntity, StateEntity } from '../../api/generated/model/index.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { ItemName } from '../changes/change-items.tsx';
import { diffFields } from '../changes/field-diff.ts';
import { FieldLines, SubjectLinks } from '../changes/field-lines.tsx';
import type { PastView } from './past-view.ts';

interface PastEntitiesProps {
  at: string;
  entity: ChangeItemEntity;
  view: PastView;
}

/** Services, versions, rules, holds and the like, each with its fields as they were. */
export function PastEntities({ at, entity, view }: PastEntitiesProps) {
  const { t } = useTranslation();
  const filter = {
    entity,
    ...(view.search ? { search: view.search } : {}),
    ...(view.serviceId ? { serviceId: view.serviceId } : {}),
  };
  const { query, rows, loadMore } = usePages<StateEntity>(['past', 'entities', at, filter], (cursor, signal) =>
    listStateEntities({ at, ...filter, limit: 100, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const columns: DataColumn<StateEntity>[] = [
    { id: 'key', header: t('changes.key'), cell: (row) => <ItemName item={{ ...row, tenantId: null }} /> },
    {
      id: 'service',
      header: t('terms.service'),
      cell: (row) => <SubjectLinks tenantId={null} serviceId={row.serviceId} />,
    },
    {
      id: 'fields',
      header: t('past.fields'),
      isWrapping: true,
      width: '60%',
      cell: (row) => (
        <Group gap="2px 12px">
          <FieldLines diffs={diffFields({ before: null, after: row.state })} isState />
        </Group>
      ),
    },
  ];
  return (
    <>
      {query.isPending && <Loading what={t(`entity.${entity}`)} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && <Empty>{t('past.none')}</Empty>}
      {rows.length > 0 && (
        <DataTable
          label={t(`entity.${entity}`)}
          columns={entity === 'service' ? columns.filter(({ id }) => id !== 'service') : columns}
          rows={rows}
          rowKey={(row) => `${row.entity} ${row.key}`}
          maxHeight="calc(100vh - 400px)"
          onEndReached={loadMore}
        />
      )}
    </>
  );
}
