import { Button, Group, NativeSelect } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { listUpgrades } from '../../api/generated/grey.ts';
import { UpgradeKind, type UpgradePage, UpgradeState, type UpgradeSummary } from '../../api/generated/model/index.ts';
import { TextFilter } from '../../parts/filter-bar.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { usePermission } from '../access/me.ts';
import { paramsOf, type UpgradeFilters, upgradeTextFilters, withUpgradeFilter } from './upgrade-filters.ts';
import { isOver, needsSomebody } from './upgrade-state.ts';
import { UpgradeTable } from './upgrade-table.tsx';
import './upgrades.css';
import { UpgradesTabs } from './upgrades-tabs.tsx';

/** Every upgrade of a tenant; those that need somebody first, with what stopped them. */
export function UpgradesPage() {
  const { t } = useTranslation();
  const mayRun = usePermission('upgrades.run');
  const filters = useSearch({ from: '/shell/upgrades' });
  const { query, rows, loadMore } = usePages<UpgradeSummary, UpgradePage>(
    ['upgrades', 'list', filters],
    (cursor, signal) => listUpgrades({ ...paramsOf(filters), limit: 100, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  useFreshRows(query, rows);
  const waiting = rows.filter(needsSomebody).length;
  const hasFilters = Object.keys(filters).length > 0;
  return (
    <>
      <PageHeader
        title={t('nav.upgrades')}
        note={
          query.isSuccess && rows.length > 0
            ? t(waiting > 0 ? 'upgrades.needYou' : 'upgrades.noneNeedYou', { count: waiting })
            : undefined
        }
        actions={
          mayRun && (
            <Button component={Link} to="/upgrades/start">
              {t('upgrades.start.open')}
            </Button>
          )
        }
      />
      <UpgradesTabs />
      <UpgradeFilterBar filters={filters} />
      {query.isPending && <Loading what={t('nav.upgrades')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && (
        <Empty>{t(hasFilters ? 'upgrades.noneFits' : 'upgrades.noneYet')}</Empty>
      )}
      {rows.length > 0 && (
        <UpgradeTable label={t('nav.upgrades')} rows={rows} maxHeight="calc(100vh - 222px)" onEndReached={loadMore} />
      )}
    </>
  );
}

/** Progress makes no change in the log that the stream would tell of. */
const rereadMs = 3_000;

/** Reads the lines again while one of them moves; not when the operator has scrolled so far that it would be much. */
export function useFreshRows(
  query: { refetch: () => unknown; data?: { pages: unknown[] } | undefined },
  rows: readonly UpgradeSummary[],
): void {
  const { refetch } = query;
  const isMoving = rows.some((row) => !isOver(row)) && (query.data?.pages.length ?? 0) <= 3;
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && refetch(), rereadMs);
    return () => clearInterval(timer);
  }, [isMoving, refetch]);
}

function UpgradeFilterBar({ filters }: { filters: UpgradeFilters }) {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: '/upgrades' });
  const set = (name: keyof UpgradeFilters, value: string) =>
    void navigate({ search: withUpgradeFilter(filters, name, value), replace: true });
  return (
    <Group gap="xs" mb="xs" align="flex-end" role="search" aria-label={t('filter.label')}>
      {upgradeTextFilters.map((name) => (
        <TextFilter
          key={name}
          label={t(`upgrades.filter.${name}`)}
          width={130}
          value={filters[name] ?? ''}
          onSettle={(value) => set(name, value)}
        />
      ))}
      <NativeSelect
        label={t('upgrades.state')}
        value={filters.state ?? ''}
        onChange={(event) => set('state', event.currentTarget.value)}
        data={[
          { value: '', label: t('filter.any') },
          ...Object.values(UpgradeState).map((value) => ({ value, label: t(`upgrades.states.${value}`) })),
        ]}
      />
      <NativeSelect
        label={t('upgrades.kind')}
        value={filters.kind ?? ''}
        onChange={(event) => set('kind', event.currentTarget.value)}
        data={[
          { value: '', label: t('filter.any') },
          ...Object.values(UpgradeKind).map((value) => ({ value, label: t(`upgrades.kinds.${value}`) })),
        ]}
      />
      <NativeSelect
        label={t('upgrades.order')}
        value={filters.order ?? ''}
        onChange={(event) => set('order', event.currentTarget.value)}
        data={[
          { value: '', label: t('upgrades.orders.failures') },
          { value: 'newest', label: t('upgrades.orders.newest') },
        ]}
      />
      {Object.keys(filters).length > 0 && (
        <Button variant="subtle" onClick={() => void navigate({ search: {}, replace: true })}>
          {t('filter.clear')}
        </Button>
      )}
    </Group>
  );
}
