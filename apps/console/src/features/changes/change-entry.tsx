import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listChangeItems } from '../../api/generated/grey.ts';
import type { Change, ChangeItem } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Failure } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { VersionDiff } from '../assignments/plan-diff.tsx';
import { kindKey } from './change-filters.ts';
import { diffFields } from './field-diff.ts';

const shownFolded = 3;

export function ChangeEntry({ change }: { change: Change }) {
  const { t } = useTranslation();
  const { number, dateTime, ago } = useFormat();
  const [isOpen, setOpen] = useState(false);
  const hidden = change.itemCount - Math.min(shownFolded, change.items.length);
  return (
    <li className="panel" data-testid="change">
      <Group justify="space-between" align="baseline" gap="sm">
        <Group gap="sm" align="baseline">
          <Text size="sm" fw={600}>
            {t(`changeKinds.${kindKey(change.kind)}`)}
          </Text>
          <Text size="sm">{t('changes.by', { name: change.actor.name, kind: t(`actor.${change.actor.kind}`) })}</Text>
        </Group>
        <Group gap="sm" align="baseline">
          <time className="nowrap" dateTime={change.at} title={dateTime(change.at)} style={{ fontSize: 12 }}>
            {`${dateTime(change.at)} · ${ago(change.at)}`}
          </time>
          <Text size="xs" c="dimmed" className="mono">
            {t('live.revision', { revision: change.position.revision })}
          </Text>
        </Group>
      </Group>
      {change.reason && <Text size="sm">{t('changes.reason', { reason: change.reason })}</Text>}
      {isOpen ? <AllItems changeId={change.id} /> : <ItemList items={change.items.slice(0, shownFolded)} />}
      {hidden > 0 && (
        <Button variant="subtle" size="compact-xs" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? t('changes.fold') : t('changes.unfold', { all: number(change.itemCount) })}
        </Button>
      )}
    </li>
  );
}

function AllItems({ changeId }: { changeId: string }) {
  const { t } = useTranslation();
  const { query, rows, loadMore } = usePages<ChangeItem>(['change-items', changeId], (cursor, signal) =>
    listChangeItems(changeId, { limit: 100, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
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
          {t('changes.moreItems')}
        </Button>
      )}
    </Stack>
  );
}

function ItemList({ items }: { items: readonly ChangeItem[] }) {
  return (
    <ul style={{ margin: '4px 0', paddingLeft: 18, fontSize: 13 }}>
      {items.map((item) => (
        <li key={item.index}>
          <ItemLine item={item} />
        </li>
      ))}
    </ul>
  );
}

function ItemLine({ item }: { item: ChangeItem }) {
  const { t } = useTranslation();
  const [isWhole, setWhole] = useState(false);
  const diffs = diffFields(item);
  if (item.entity === 'assignment') {
    const version = (side: ChangeItem['before']) => (typeof side?.['version'] === 'string' ? side['version'] : null);
    // That a new or dropped assignment is not pinned goes without saying.
    const others = diffs.filter(
      ({ field, from, to }) => field !== 'version' && !(field === 'isPinned' && (from ?? 'false') === (to ?? 'false')),
    );
    return (
      <Group gap={8} component="span" display="inline-flex">
        <EntityLink to={`/tenants/${encodeURIComponent(item.tenantId ?? '')}`} id={item.tenantId} />
        <EntityLink to={`/services/${encodeURIComponent(item.serviceId ?? '')}`} id={item.serviceId} />
        <VersionDiff from={version(item.before)} to={version(item.after)} />
        {others.map((diff) => (
          <FieldLine key={diff.field} {...diff} />
        ))}
      </Group>
    );
  }
  const shown = isWhole ? diffs : diffs.slice(0, 6);
  return (
    <Group gap={8} component="span" display="inline-flex">
      <span>{t(`entity.${item.entity}`)}</span>
      <span className="mono">{item.key}</span>
      {item.before === null && <span>{t('changes.created')}</span>}
      {item.after === null && <span>{t('changes.removed')}</span>}
      {item.after !== null && shown.map((diff) => <FieldLine key={diff.field} {...diff} />)}
      {diffs.length > shown.length && item.after !== null && (
        <Button variant="subtle" size="compact-xs" onClick={() => setWhole(true)}>
          {t('changes.allFields', { count: diffs.length })}
        </Button>
      )}
    </Group>
  );
}

function FieldLine({ field, from, to }: { field: string; from: string | null; to: string | null }) {
  const { t } = useTranslation();
  return (
    <span className="mono">
      {field}
      {': '}
      {from !== null && <del className="diff-from">{from}</del>}
      {from !== null && <span aria-hidden="true">{' → '}</span>}
      <ins className="diff-to" style={{ textDecoration: 'none' }}>
        {to ?? t('state.none')}
      </ins>
    </span>
  );
}

function EntityLink({ to, id }: { to: string; id: string | null }) {
  return (
    <Anchor component={Link} to={to} size="sm" className="mono">
      {id}
    </Anchor>
  );
}
