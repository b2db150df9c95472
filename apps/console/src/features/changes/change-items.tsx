import { Anchor, Button, Group, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listChangeItems } from '../../api/generated/grey.ts';
import type { ChangeItem } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Failure, Loading } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { VersionDiff } from '../assignments/plan-diff.tsx';
import { pathOfItem, revisionIn } from './change-links.ts';
import { diffFields } from './field-diff.ts';
import { FieldLines, SubjectLinks } from './field-lines.tsx';

/** What a change did, a page at a time: what is written does not change any more. */
export function useChangeItems(changeId: string) {
  return usePages<ChangeItem>(['change-items', changeId], (cursor, signal) =>
    listChangeItems(changeId, { limit: 100, ...(cursor ? { cursor } : {}) }, { signal }),
  );
}

/** All of a change, unfolded within the timeline. */
export function AllItems({ changeId, itemCount }: { changeId: string; itemCount: number }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { query, rows, loadMore } = useChangeItems(changeId);
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Loading what={t('changes.items')} />;
  return (
    <Stack gap={4}>
      <ItemList items={rows} />
      {query.hasNextPage && (
        <Button
          variant="default"
          size="compact-xs"
          w="max-content"
          loading={query.isFetchingNextPage}
          onClick={loadMore}
        >
          {t('changes.moreItems', { shown: number(rows.length), all: number(itemCount) })}
        </Button>
      )}
    </Stack>
  );
}

export function ItemList({ items }: { items: readonly ChangeItem[] }) {
  return (
    <ul className="item-list">
      {items.map((item) => (
        <li key={item.index}>
          <ItemLine item={item} />
        </li>
      ))}
    </ul>
  );
}

/** One thing that a change did, in a line. */
export function ItemLine({ item }: { item: ChangeItem }) {
  const { t } = useTranslation();
  return (
    <Group gap="2px 8px" component="span" display="inline-flex">
      {item.entity === 'assignment' ? (
        <SubjectLinks tenantId={item.tenantId} serviceId={item.serviceId} />
      ) : (
        <>
          <span>{t(`entity.${item.entity}`)}</span>
          <ItemName item={item} />
        </>
      )}
      <ItemDiff item={item} />
    </Group>
  );
}

/** What it is about; tenants and services are the way to themselves. */
export function ItemName({ item }: { item: Pick<ChangeItem, 'entity' | 'tenantId' | 'serviceId' | 'key'> }) {
  if (item.entity === 'tenant') return <SubjectLinks tenantId={item.key} serviceId={null} />;
  if (item.entity === 'service') return <SubjectLinks tenantId={null} serviceId={item.key} />;
  if (item.entity === 'change') return <ChangeLink changeId={item.key} />;
  const path = pathOfItem(item);
  if (path === undefined) return <span className="mono">{item.key}</span>;
  const { tenantId, serviceId, key } = item;
  return (
    <Anchor component={Link} to={path} size="sm" className="mono">
      {tenantId !== null && serviceId !== null ? `${tenantId} · ${serviceId}` : key}
    </Anchor>
  );
}

function ChangeLink({ changeId }: { changeId: string }) {
  const { t } = useTranslation();
  return (
    <Anchor component={Link} to={`/changes/${changeId}`} size="sm" className="mono">
      {t('live.revision', { revision: revisionIn(changeId) })}
    </Anchor>
  );
}

/** What it was and became. */
export function ItemDiff({ item }: { item: Pick<ChangeItem, 'entity' | 'before' | 'after'> }) {
  const { t } = useTranslation();
  if (item.entity === 'change') return <span>{t('changes.takenBack')}</span>;
  if (item.entity === 'override') return <span>{detailsOf(item.after).join(' ')}</span>;
  const diffs = diffFields(item);
  if (item.entity === 'assignment') {
    const version = (side: ChangeItem['before']) => (typeof side?.['version'] === 'string' ? side['version'] : null);
    // That a new or dropped assignment is not pinned goes without saying.
    const others = diffs.filter(
      ({ field, from, to }) => field !== 'version' && !(field === 'isPinned' && (from ?? 'false') === (to ?? 'false')),
    );
    return (
      <>
        <VersionDiff from={version(item.before)} to={version(item.after)} />
        <FieldLines diffs={others} />
      </>
    );
  }
  return (
    <>
      {item.before === null && <span>{t('changes.created')}</span>}
      {item.after === null && <span>{t('changes.removed')}</span>}
      {item.after !== null && <FieldLines diffs={diffs} isState={item.before === null} />}
    </>
  );
}

/** What an override set aside, in the words of the objections; each once. */
function detailsOf(override: ChangeItem['after']): string[] {
  const objections = override?.['objections'];
  if (!Array.isArray(objections)) return [];
  return [...new Set(objections.map((one: { detail?: unknown }) => String(one?.detail ?? '')))];
}
