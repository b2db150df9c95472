import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { State } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/states.tsx';

type VersionCount = State['byVersion'][number];

interface PastVersionsProps {
  state: State;
  at: string;
  serviceId: string | undefined;
}

/** How many tenants each version was assigned to. */
export function PastVersions({ state, at, serviceId }: PastVersionsProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const rows = state.byVersion.filter((row) => serviceId === undefined || row.serviceId === serviceId);
  const columns: DataColumn<VersionCount>[] = [
    {
      id: 'service',
      header: t('terms.service'),
      cell: (row) => (
        <Anchor
          component={Link}
          to={`/changes/state?${new URLSearchParams({ at, serviceId: row.serviceId })}`}
          size="sm"
          className="mono"
        >
          {row.serviceId}
        </Anchor>
      ),
    },
    { id: 'version', header: t('terms.version'), cell: (row) => <span className="mono">{row.version}</span> },
    { id: 'tenants', header: t('nav.tenants'), isNumber: true, cell: (row) => number(row.tenantCount) },
  ];
  if (rows.length === 0) return <Empty>{t('past.none')}</Empty>;
  return (
    <DataTable
      label={t('past.byVersion')}
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.serviceId} ${row.version}`}
      maxHeight="calc(100vh - 400px)"
    />
  );
}
