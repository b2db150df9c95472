import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { VersionReference } from '../../api/generated/model/index.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { placeOf } from './place-of-reference.ts';

/** What names a version, whether that keeps it, and where it is taken away. */
export function ReferenceList({ references }: { references: readonly VersionReference[] }) {
  const { t } = useTranslation();
  if (references.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('retirement.noReferences')}
      </Text>
    );
  const columns: DataColumn<VersionReference>[] = [
    {
      id: 'kind',
      header: t('retirement.refers'),
      cell: (row) => {
        const words = [t(`retirement.kinds.${row.kind}`), row.id].filter(Boolean).join(' ');
        const place = placeOf(row);
        return place ? (
          <Anchor component={Link} to={place} size="sm">
            {words}
          </Anchor>
        ) : (
          words
        );
      },
    },
    {
      id: 'blocks',
      header: t('retirement.blocks'),
      cell: (row) => (
        <StatusLabel tone={row.isBlocking ? 'bad' : 'plain'}>
          {t(row.isBlocking ? 'retirement.keepsIt' : 'retirement.keepsNot')}
        </StatusLabel>
      ),
    },
    { id: 'detail', header: t('retirement.how'), isWrapping: true, cell: (row) => row.detail },
    { id: 'mend', header: t('refused.mend'), isWrapping: true, cell: (row) => row.mend ?? t('state.none') },
  ];
  return (
    <DataTable
      label={t('retirement.references')}
      columns={columns}
      rows={references}
      rowKey={(row) => [row.kind, row.serviceId, row.id, row.as, row.detail].join(' ')}
      maxHeight={320}
    />
  );
}
