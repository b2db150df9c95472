import { Anchor, Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { diffStates } from '../../api/generated/grey.ts';
import type { StateDiff, StateDifference } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { TextFilter } from '../../parts/filter-bar.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { revisionIn } from '../changes/change-links.ts';
import { ChangesTabs } from '../changes/changes-tabs.tsx';
import { Difference } from './difference.tsx';
import { justAfter } from './moment.ts';
import { MomentField } from './moment-field.tsx';
import { type CompareView, readCompareView, stateEntities } from './past-view.ts';
import { SubjectName } from './subject-name.tsx';

/** What differs between two moments, each thing once. */
export function ComparePage() {
  const { t } = useTranslation();
  const view = useSearch({ from: '/shell/changes/compare' });
  const navigate = useNavigate({ from: '/changes/compare' });
  const go = (part: { [K in keyof CompareView]: CompareView[K] | undefined }) =>
    void navigate({ search: readCompareView({ ...view, ...part }), replace: true });
  return (
    <>
      <PageHeader title={t('compare.title')} note={t('compare.note')} />
      <ChangesTabs />
      <Stack gap="sm">
        <Group gap="lg" align="flex-start">
          <MomentField label={t('compare.from')} moment={view.from} mayBeNow={false} onPick={(from) => go({ from })} />
          <MomentField label={t('compare.to')} moment={view.to} onPick={(to) => go({ to })} />
        </Group>
        <Group gap="xs" align="flex-end" role="search" aria-label={t('filter.label')}>
          <NativeSelect
            label={t('changes.entity')}
            value={view.entity ?? ''}
            onChange={(event) => go({ entity: stateEntities.find((one) => one === event.currentTarget.value) })}
            data={[
              { value: '', label: t('filter.any') },
              ...stateEntities.map((entity) => ({ value: entity, label: t(`entity.${entity}`) })),
            ]}
          />
          {(['tenantId', 'serviceId'] as const).map((name) => (
            <TextFilter
              key={name}
              label={t(name === 'tenantId' ? 'terms.tenant' : 'terms.service')}
              width={180}
              value={view[name] ?? ''}
              onSettle={(value) => go({ [name]: value })}
            />
          ))}
          {(view.entity || view.tenantId || view.serviceId) && (
            <Button
              variant="subtle"
              onClick={() => go({ entity: undefined, tenantId: undefined, serviceId: undefined })}
            >
              {t('filter.clear')}
            </Button>
          )}
        </Group>
        {view.from === undefined ? (
          <Empty>{t('compare.pickFirst')}</Empty>
        ) : (
          <Differences view={view} from={view.from} />
        )}
      </Stack>
    </>
  );
}

function Differences({ view, from }: { view: CompareView; from: string }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const filter = { ...view, from };
  const query = useInfiniteQuery({
    queryKey: [view.to === undefined ? 'changes' : 'past', 'diff', filter],
    queryFn: ({ pageParam, signal }) =>
      diffStates({ ...filter, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: StateDiff) => last.nextCursor ?? undefined,
  });
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const [first] = query.data?.pages ?? [];
  const columns: DataColumn<StateDifference>[] = [
    { id: 'subject', header: t('restore.what'), cell: (row) => <SubjectName subject={row} /> },
    {
      id: 'diff',
      header: t('changes.diff'),
      isWrapping: true,
      width: '60%',
      cell: (row) => <Difference {...row} />,
    },
    {
      id: 'change',
      header: t('compare.lastChange'),
      cell: ({ changeId }) => (
        <Anchor component={Link} to={`/changes/${changeId}`} size="sm" className="mono">
          {t('live.revision', { revision: revisionIn(changeId) })}
        </Anchor>
      ),
    },
  ];
  return (
    <>
      {query.isPending && <Loading what={t('compare.title')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {first && <Ends diff={first} view={view} />}
      {query.isSuccess && rows.length === 0 && <Empty>{t('compare.same')}</Empty>}
      {rows.length > 0 && (
        <DataTable
          label={t('compare.title')}
          columns={columns}
          rows={rows}
          rowKey={(row) => `${row.entity} ${row.key} ${row.fields.map(({ name }) => name).join()}`}
          maxHeight="calc(100vh - 360px)"
          onEndReached={() => {
            if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
          }}
        />
      )}
      {rows.length > 0 && (
        <Text size="xs" c="dimmed" role="status">
          {query.hasNextPage
            ? t('compare.shownMore', { shown: number(rows.length) })
            : t('compare.shown', { count: rows.length })}
        </Text>
      )}
    </>
  );
}

/** Which two moments these are, and the way to the changes between them. */
function Ends({ diff: { from, to }, view }: { diff: StateDiff; view: CompareView }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const word = ({ at, position }: StateDiff['from']) =>
    `${at === null ? t('past.beforeAll') : dateTime(at)} (${t('live.revision', { revision: position.revision })})`;
  const [earlier, later] =
    from.at === null || (to.at !== null && Date.parse(from.at) <= Date.parse(to.at)) ? [from, to] : [to, from];
  const between = {
    ...(view.tenantId ? { tenantId: view.tenantId } : {}),
    ...(view.serviceId ? { serviceId: view.serviceId } : {}),
    ...(earlier.at === null ? {} : { since: justAfter(earlier.at) }),
    ...(later.at === null ? {} : { until: later.at }),
  };
  return (
    <Group gap="sm" className="past-banner" role="status">
      <span>{t('compare.ends', { from: word(from), to: word(to) })}</span>
      <Anchor component={Link} to={`/changes?${new URLSearchParams(between)}`} size="sm">
        {t('compare.between')}
      </Anchor>
    </Group>
  );
}
