import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import type { ChainService } from './lane-chain.ts';

const tones = { named: 'note', passes: 'plain', refused: 'bad' } as const;

/** What the picture shows, in words: for those who cannot see it, and to search in. */
export function LaneServiceList({ services }: { services: readonly ChainService[] }) {
  const { t } = useTranslation();
  const columns: DataColumn<ChainService>[] = [
    {
      id: 'service',
      header: t('terms.service'),
      cell: (row) => (
        <Anchor
          component={Link}
          to={`/services/${encodeURIComponent(row.serviceId)}`}
          className="mono nowrap"
          size="sm"
        >
          {row.serviceId}
        </Anchor>
      ),
    },
    {
      id: 'lane',
      header: t('lanes.inLane'),
      cell: (row) => <span className="mono">{row.laneVersion ?? t('state.none')}</span>,
    },
    {
      id: 'course',
      header: t('lanes.course'),
      cell: (row) => (
        <StatusLabel tone={row.isUnknown ? 'bad' : tones[row.course]}>
          {row.isUnknown ? t('lanes.unknownService') : t(`lanes.courses.${row.course}`)}
        </StatusLabel>
      ),
    },
    {
      id: 'base',
      header: t('lanes.everybodyElse'),
      cell: (row) => <span className="mono">{row.base ?? t('services.noDefault')}</span>,
    },
  ];
  return (
    <DataTable
      label={t('lanes.services')}
      columns={columns}
      rows={services}
      rowKey={(row) => row.serviceId}
      maxHeight={420}
    />
  );
}
