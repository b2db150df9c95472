import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { getChange } from '../../api/generated/grey.ts';
import type { Change, ChangeItem } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Queried } from '../../parts/queried.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { SubjectName } from '../history/subject-name.tsx';
import { ChangeActions, RevertLinks } from './change-entry.tsx';
import { kindKey } from './change-filters.ts';
import { ItemDiff, useChangeItems } from './change-items.tsx';
import { momentBefore } from './change-links.ts';

/** One change at an address of its own, with everything it did. */
export function ChangePage() {
  const { t } = useTranslation();
  const { changeId } = useParams({ from: '/shell/changes/$changeId' });
  const change = useQuery({
    // Under the timeline's key: that it was taken back is news that the stream brings.
    queryKey: ['changes', 'one', changeId],
    queryFn: ({ signal }) => getChange(changeId, { signal }),
  });
  return (
    <>
      <PageHeader
        title={change.data ? t(`changeKinds.${kindKey(change.data.kind)}`) : t('terms.change')}
        note={<span className="mono">{changeId}</span>}
        before={<BackLink to="/changes">{t('changes.back')}</BackLink>}
        actions={change.data && <Around change={change.data} />}
      />
      <Queried query={change} what={changeId}>
        {(found) => (
          <Stack gap="md">
            <Facts change={found} />
            <Items key={changeId} change={found} />
          </Stack>
        )}
      </Queried>
    </>
  );
}

function Around({ change }: { change: Change }) {
  const { t } = useTranslation();
  return (
    <>
      <Button variant="default" component={Link} to={`/changes/state?at=${change.id}`}>
        {t('changes.stateAfter')}
      </Button>
      <Button variant="default" component={Link} to={`/changes/compare?from=${momentBefore(change.position)}`}>
        {t('changes.compareToNow')}
      </Button>
    </>
  );
}

function Facts({ change }: { change: Change }) {
  const { t } = useTranslation();
  const { dateTime, ago, number } = useFormat();
  return (
    <div className="panel">
      <dl className="facts">
        <dt>{t('changes.who')}</dt>
        <dd>{t('changes.nameAndKind', { name: change.actor.name, kind: t(`actor.${change.actor.kind}`) })}</dd>
        <dt>{t('changes.when')}</dt>
        <dd>
          <time dateTime={change.at}>{`${dateTime(change.at)} · ${ago(change.at)}`}</time>
        </dd>
        <dt>{t('changes.why')}</dt>
        <dd>{change.reason ?? t('changes.noReason')}</dd>
        <dt>{t('changes.where')}</dt>
        <dd className="mono">{t('live.position', { ...change.position })}</dd>
        <dt>{t('changes.itemCount')}</dt>
        <dd>{number(change.itemCount)}</dd>
      </dl>
      <Group gap="md" mt="xs">
        <RevertLinks change={change} />
        <ChangeActions change={change} />
      </Group>
    </div>
  );
}

function Items({ change }: { change: Change }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { query, rows, loadMore } = useChangeItems(change.id);
  const columns: DataColumn<ChangeItem>[] = [
    { id: 'subject', header: t('restore.what'), cell: (item) => <SubjectName subject={item} /> },
    {
      id: 'diff',
      header: t('changes.diff'),
      isWrapping: true,
      width: '60%',
      cell: (item) => (
        <Group gap="2px 12px">
          <ItemDiff item={item} />
        </Group>
      ),
    },
  ];
  return (
    <Stack gap={4}>
      <Title order={2}>{t('changes.items')}</Title>
      {query.isPending && <Loading what={t('changes.items')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && <Text size="sm">{t('changes.trimmed')}</Text>}
      {rows.length > 0 && (
        <DataTable
          label={t('changes.items')}
          columns={columns}
          rows={rows}
          rowKey={(item) => String(item.index)}
          totalCount={change.itemCount}
          maxHeight="calc(100vh - 380px)"
          onEndReached={loadMore}
        />
      )}
      {query.hasNextPage && (
        <Text size="xs" c="dimmed" role="status">
          {t('state.firstOf', { shown: number(rows.length), all: number(change.itemCount) })}
        </Text>
      )}
    </Stack>
  );
}
