import './migrations.css';
import { Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { getMigrationSet } from '../../api/generated/grey.ts';
import type { MigrationSet } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { DeleteButton } from '../../parts/edit-or-delete.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePermission } from '../access/me.ts';
import { findingsElsewhere, worstFirst } from './annotate-sql.ts';
import { DeleteSet } from './delete-set.tsx';
import { Estimate } from './estimate.tsx';
import { FindingList } from './finding-note.tsx';
import { MigrationList } from './migration-view.tsx';
import { BlocksLabel, VerdictLabel, WayBackLabel } from './set-labels.tsx';

/** The SQL that a version brings, with what the linter says of it and what it would mean for a tenant. */
export function MigrationSetPage() {
  const { t } = useTranslation();
  const { serviceId, version } = useParams({ from: '/shell/services/$serviceId/versions/$version/migrations' });
  const view = useSearch({ from: '/shell/services/$serviceId/versions/$version/migrations' });
  const navigate = useNavigate({ from: '/services/$serviceId/versions/$version/migrations' });
  const [isDeleting, setDeleting] = useState(false);
  const mayWrite = usePermission('migrations.write');
  const engine = view.engine ?? 'postgres';
  const other = engine === 'postgres' ? 'mysql' : 'postgres';
  const set = useQuery({
    queryKey: ['migrations', serviceId, version, engine],
    queryFn: ({ signal }) => getMigrationSet(serviceId, version, { engine }, { signal }),
    retry: (count, error) => !(error instanceof ApiProblem) && count < 2,
  });
  const isNone = set.error instanceof ApiProblem && set.error.code === 'MIGRATIONS_UNKNOWN';
  const upload = `/services/${encodeURIComponent(serviceId)}/migrations/upload?version=${encodeURIComponent(version)}&engine=${engine}`;
  return (
    <>
      <PageHeader
        title={t('migrations.titleOf', { service: serviceId, version })}
        note={t(`dataSources.engines.${engine}`)}
        before={
          <BackLink to={`/services/${encodeURIComponent(serviceId)}/migrations`}>
            {t('migrations.back', { service: serviceId })}
          </BackLink>
        }
        actions={
          <>
            <Anchor component={Link} to={`?engine=${other}`} size="sm">
              {t('migrations.forEngine', { engine: t(`dataSources.engines.${other}`) })}
            </Anchor>
            {mayWrite && set.data && (
              <>
                <Button variant="default" component={Link} to={upload}>
                  {t('migrations.replace')}
                </Button>
                <DeleteButton onClick={() => setDeleting(true)} />
              </>
            )}
          </>
        }
      />
      {set.isPending && <Loading what={t('migrations.title')} />}
      {isNone && (
        <Empty
          action={
            mayWrite && (
              <Button component={Link} to={upload}>
                {t('migrations.upload')}
              </Button>
            )
          }
        >
          {t('migrations.noneForEngine', { version, engine: t(`dataSources.engines.${engine}`) })}
        </Empty>
      )}
      {set.isError && !isNone && <Failure error={set.error} onRetry={() => void set.refetch()} />}
      {set.data && (
        <Stack gap="md">
          <Facts set={set.data} />
          <Elsewhere set={set.data} />
          <MigrationList {...set.data} />
          <Title order={2}>{t('migrations.estimate')}</Title>
          <Estimate
            set={set.data}
            tenantId={view.tenant ?? ''}
            onPick={(tenant) =>
              void navigate({ search: (before) => ({ ...before, ...(tenant ? { tenant } : {}) }), replace: true })
            }
          />
          {isDeleting && <DeleteSet set={set.data} onClose={() => setDeleting(false)} />}
        </Stack>
      )}
    </>
  );
}

function Elsewhere({ set }: { set: MigrationSet }) {
  const elsewhere = worstFirst(findingsElsewhere(set.findings, set.migrations));
  return elsewhere.length > 0 ? <FindingList findings={elsewhere} /> : null;
}

function Facts({ set }: { set: MigrationSet }) {
  const { t } = useTranslation();
  const { number, dateTime } = useFormat();
  const { byPhase } = set;
  return (
    <Stack gap="xs">
      <Group gap="xs" className="panel" data-tone={set.isAllowed ? undefined : 'bad'}>
        {set.isAllowed ? (
          <StatusLabel tone="good">{t('migrations.allowed')}</StatusLabel>
        ) : (
          <StatusLabel tone="bad">{t('migrations.refused')}</StatusLabel>
        )}
        <VerdictLabel {...set} />
        <BlocksLabel {...set} />
        <WayBackLabel isReversible={set.isReversible} />
        {!set.isAllowed && <Text size="sm">{t('migrations.refusedMeans')}</Text>}
      </Group>
      <dl className="figures">
        <div>
          <dt>{t('migrations.schemaVersion')}</dt>
          <dd>{number(set.schemaVersion)}</dd>
        </div>
        {(['expand', 'migrate', 'contract'] as const).map((phase) => (
          <div key={phase} title={t(`migrations.phaseMeans.${phase}`)}>
            <dt>{t(`migrations.phase.${phase}`)}</dt>
            <dd>{number(byPhase[phase])}</dd>
          </div>
        ))}
        <div>
          <dt>{t('dataSources.updatedAt')}</dt>
          <dd className="small-figure">{dateTime(set.updatedAt)}</dd>
        </div>
      </dl>
    </Stack>
  );
}
