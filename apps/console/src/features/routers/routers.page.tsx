import { Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listRouters } from '../../api/generated/grey.ts';
import type { RouterList } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Ago } from '../../parts/ago.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { factsOf, type RouterFacts, type RouterRow } from './router-facts.ts';
import { SilentRouters } from './silent-routers.tsx';

/** Routers report by themselves, which no event of the stream tells; the page is not read while its tab is hidden. */
const rereadMs = 2_000;

/** Who decides, by which revision, and whether the last change has arrived everywhere. */
export function RoutersPage() {
  const { t } = useTranslation();
  const routers = useQuery({
    queryKey: ['routers'],
    queryFn: ({ signal }) => listRouters({ signal }),
    refetchInterval: rereadMs,
  });
  const facts = routers.data && factsOf(routers.data);
  return (
    <>
      <PageHeader
        title={t('nav.routers')}
        note={facts ? t('routers.shown', { count: facts.rows.length }) : undefined}
      />
      <Stack gap="md">
        {routers.isPending && <Loading what={t('nav.routers')} />}
        {routers.isError && <Failure error={routers.error} onRetry={() => void routers.refetch()} />}
        {routers.data && facts && (
          <>
            <Distribution list={routers.data} facts={facts} />
            {facts.rows.length === 0 ? <Empty>{t('routers.none')}</Empty> : <RouterTable rows={facts.rows} />}
          </>
        )}
        <SilentRouters />
      </Stack>
    </>
  );
}

const distributionTones = { memory: 'note', redis: 'good', redis_down: 'warn' } as const;

function Distribution({ list, facts }: { list: RouterList; facts: RouterFacts }) {
  const { t } = useTranslation();
  const { effectiveCount, differingCount, rows } = facts;
  const isEverywhere = effectiveCount === rows.length;
  // Reports travel through Redis: "1 of 1" would be a claim about routers that cannot be heard.
  const isAlone = list.distribution === 'redis_down' && rows.length === 1 && isEverywhere;
  return (
    <section
      className="panel"
      data-tone={differingCount > 0 ? 'bad' : isEverywhere && list.distribution !== 'redis_down' ? undefined : 'warn'}
      aria-label={t('routers.distribution')}
    >
      <Stack gap="xs">
        <Text size="lg" fw={600} role="status" data-testid="effective">
          {isAlone
            ? t('routers.effectiveHere')
            : t(list.distribution === 'redis_down' ? 'routers.lastKnownOn' : 'routers.effectiveOn', {
                applied: effectiveCount,
                count: rows.length,
              })}
        </Text>
        <dl className="facts">
          <dt>{t('routers.distribution')}</dt>
          <dd>
            <Group gap="xs" data-testid="distribution">
              <StatusLabel tone={distributionTones[list.distribution]}>
                {t(`routers.modes.${list.distribution}`)}
              </StatusLabel>
              <span>{t(`routers.modeMeans.${list.distribution}`)}</span>
            </Group>
          </dd>
          <dt>{t('routers.endOfLog')}</dt>
          <dd>
            {list.position ? (
              <span>{t('live.position', { epoch: list.position.epoch, revision: list.position.revision })}</span>
            ) : (
              t('routers.unknown')
            )}
          </dd>
          <dt>{t('routers.configuration')}</dt>
          <dd>
            {differingCount > 0 ? (
              <Group gap="xs">
                <StatusLabel tone="bad">{t('routers.differing', { count: differingCount })}</StatusLabel>
                <span>{t('routers.differingMeans')}</span>
              </Group>
            ) : (
              t('routers.agreeing')
            )}
          </dd>
        </dl>
      </Stack>
    </section>
  );
}

function RouterTable({ rows }: { rows: readonly RouterRow[] }) {
  const { t } = useTranslation();
  const { number, duration } = useFormat();
  const columns: DataColumn<RouterRow>[] = [
    {
      id: 'id',
      header: t('terms.router'),
      cell: (row) => (
        <Group gap={6} wrap="nowrap">
          <span className="mono nowrap">{row.id}</span>
          {row.isOwn && <StatusLabel tone="note">{t('routers.own')}</StatusLabel>}
        </Group>
      ),
    },
    { id: 'kind', header: t('routers.kind'), cell: (row) => t(`routers.kinds.${row.kind}`) },
    { id: 'state', header: t('routers.state'), cell: (row) => <RouterStateLabel row={row} /> },
    {
      id: 'revision',
      header: t('routers.revision'),
      isNumber: true,
      cell: ({ position }) =>
        position ? (
          <span title={t('live.position', { ...position })}>{number(position.revision)}</span>
        ) : (
          t('state.none')
        ),
    },
    {
      id: 'behind',
      header: t('routers.behind'),
      isNumber: true,
      cell: (row) => (row.behind === null ? t('state.none') : number(row.behind)),
    },
    {
      id: 'digest',
      header: t('routers.configuration'),
      cell: (row) => (
        <span className="mono" title={row.digest ?? undefined}>
          {row.digest?.slice(0, 8) ?? t('state.none')}
        </span>
      ),
    },
    { id: 'reported', header: t('routers.reportedAt'), cell: (row) => <Ago iso={row.reportedAt} /> },
    {
      id: 'lag',
      header: t('routers.lag'),
      isNumber: true,
      // Two clocks are compared: the one that is ahead must not make it negative.
      cell: (row) => (row.lagMs === null ? t('state.none') : duration(Math.max(0, row.lagMs))),
    },
    { id: 'host', header: t('routers.host'), cell: (row) => <span className="mono">{row.host}</span> },
    { id: 'region', header: t('routers.region'), cell: (row) => row.region ?? t('state.none') },
    { id: 'started', header: t('routers.startedAt'), cell: (row) => <Ago iso={row.startedAt} /> },
  ];
  return (
    <DataTable
      label={t('nav.routers')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      maxHeight="calc(100vh - 260px)"
    />
  );
}

const stateTones = {
  current: 'good',
  behind: 'warn',
  other_epoch: 'warn',
  differs: 'bad',
  no_snapshot: 'bad',
} as const;

function RouterStateLabel({ row }: { row: RouterRow }) {
  const { t } = useTranslation();
  return (
    <span title={t(`routers.stateMeans.${row.state}`)}>
      <StatusLabel tone={stateTones[row.state]}>{t(`routers.states.${row.state}`)}</StatusLabel>
    </span>
  );
}
