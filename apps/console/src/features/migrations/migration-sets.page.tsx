import './migrations.css';
import { Anchor, Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listMigrationSets, listVersions } from '../../api/generated/grey.ts';
import type { MigrationSetSummary, Version } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { BackLink } from '../../parts/back-link.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePermission } from '../access/me.ts';
import { ServiceTabs } from '../services/service-tabs.tsx';
import { servedBy } from './served-by.ts';
import { BlocksLabel, VerdictLabel, WayBackLabel } from './set-labels.tsx';

/** Which SQL each version of a service brings for the databases of tenants. */
export function MigrationSetsPage() {
  const { t } = useTranslation();
  const { serviceId } = useParams({ from: '/shell/services/$serviceId/migrations' });
  const mayWrite = usePermission('migrations.write');
  const sets = useQuery({
    queryKey: ['migrations', serviceId],
    queryFn: ({ signal }) => listMigrationSets(serviceId, { signal }),
  });
  const versions = useQuery({
    queryKey: ['versions', serviceId],
    queryFn: ({ signal }) => listVersions(serviceId, { signal }),
  });
  const upload = (
    <Button component={Link} to={`/services/${encodeURIComponent(serviceId)}/migrations/upload`}>
      {t('migrations.upload')}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={serviceId}
        note={t('migrations.note')}
        before={<BackLink to="/services">{t('services.back')}</BackLink>}
        actions={
          <>
            <Anchor component={Link} to="/databases/policy" size="sm">
              {t('migrationPolicy.title')}
            </Anchor>
            {mayWrite && upload}
          </>
        }
      />
      <ServiceTabs serviceId={serviceId} />
      {sets.isPending && <Loading what={t('migrations.title')} />}
      {sets.isError && <Failure error={sets.error} onRetry={() => void sets.refetch()} />}
      {sets.data?.items.length === 0 && <Empty action={mayWrite && upload}>{t('migrations.noneYet')}</Empty>}
      {sets.data && sets.data.items.length > 0 && <SetTable sets={sets.data.items} versions={versions.data?.items} />}
    </>
  );
}

interface SetTableProps {
  sets: readonly MigrationSetSummary[];
  versions: readonly Version[] | undefined;
}

function SetTable({ sets, versions }: SetTableProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const columns: DataColumn<MigrationSetSummary>[] = [
    {
      id: 'schemaVersion',
      header: t('migrations.schemaVersion'),
      isNumber: true,
      width: 70,
      cell: (row) => number(row.schemaVersion),
    },
    {
      id: 'version',
      header: t('migrations.broughtBy'),
      cell: (row) => (
        <Anchor
          component={Link}
          to={`/services/${encodeURIComponent(row.serviceId)}/versions/${encodeURIComponent(row.version)}/migrations?engine=${row.engine}`}
          size="sm"
          className="mono"
        >
          {row.version}
        </Anchor>
      ),
    },
    { id: 'engine', header: t('dataSources.engine'), cell: (row) => t(`dataSources.engines.${row.engine}`) },
    { id: 'phases', header: t('migrations.title'), cell: (row) => <Phases set={row} /> },
    { id: 'verdict', header: t('migrations.verdict'), cell: (row) => <VerdictLabel {...row} /> },
    { id: 'blocks', header: t('migrations.othersWaitFor'), cell: (row) => <BlocksLabel {...row} /> },
    { id: 'back', header: t('migrations.wayBack'), cell: (row) => <WayBackLabel isReversible={row.isReversible} /> },
    {
      id: 'served',
      header: t('migrations.servedBy'),
      isWrapping: true,
      cell: (row) => versions && <ServedBy versions={servedBy(row.schemaVersion, versions)} />,
    },
    { id: 'updated', header: t('dataSources.updatedAt'), cell: (row) => <Ago iso={row.updatedAt} /> },
  ];
  return (
    <DataTable
      label={t('migrations.title')}
      columns={columns}
      rows={sets}
      rowKey={(row) => `${row.version} ${row.engine}`}
      maxHeight="calc(100vh - 180px)"
    />
  );
}

/** How many of each phase, in the order in which they run. */
function Phases({ set }: { set: MigrationSetSummary }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const counts = (['expand', 'migrate', 'contract'] as const).filter((phase) => set.byPhase[phase] > 0);
  return (
    <Group gap={4} wrap="nowrap">
      {counts.map((phase) => (
        <span className="phase-count" data-phase={phase} key={phase}>
          {`${number(set.byPhase[phase])} ${t(`migrations.phase.${phase}`)}`}
        </span>
      ))}
    </Group>
  );
}

/** Versions that declare to work on a schema of this number. */
function ServedBy({ versions }: { versions: readonly string[] }) {
  const { t } = useTranslation();
  if (versions.length === 0) return <StatusLabel tone="warn">{t('migrations.servedByNone')}</StatusLabel>;
  return <span className="mono">{versions.join(', ')}</span>;
}
