import { Button, NativeSelect } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listUpgrades } from '../../api/generated/grey.ts';
import { UpgradeKind, type UpgradePage, UpgradeState, type UpgradeSummary } from '../../api/generated/model/index.ts';
import { ChoiceFilter, FilterBar, TextFilter } from '../../parts/filter-bar.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueriedRows } from '../../parts/queried.tsx';
import { Empty } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { usePermission } from '../access/me.ts';
import { paramsOf, type UpgradeFilters, upgradeTextFilters, withUpgradeFilter } from './upgrade-filters.ts';
import { isOver, needsSomebody } from './upgrade-state.ts';
import { UpgradeTable } from './upgrade-table.tsx';
import './upgrades.css';
import { UpgradesTabs } from './upgrades-tabs.tsx';
import { useRereadWhile } from './use-reread-while.ts';

/** Every upgrade of a tenant; those that need somebody first, with what stopped them. */
export function UpgradesPage() {
  const { t } = useTranslation();
  const mayRun = usePermission('upgrades.run');
  const filters = useSearch({ from: '/shell/upgrades' });
  const { query, rows, loadMore } = usePages<UpgradeSummary, UpgradePage>(
    ['upgrades', 'list', filters],
    (cursor, signal) => listUpgrades({ ...paramsOf(filters), limit: 100, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  // Not when the operator has scrolled so far that it would be much.
  useRereadWhile(rows.some((row) => !isOver(row)) && (query.data?.pages.length ?? 0) <= 3, query.refetch);
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
      <QueriedRows
        query={query}
        what={t('nav.upgrades')}
        rowCount={rows.length}
        empty={<Empty>{t(hasFilters ? 'upgrades.noneFits' : 'upgrades.noneYet')}</Empty>}
      >
        <UpgradeTable label={t('nav.upgrades')} rows={rows} maxHeight="calc(100vh - 222px)" onEndReached={loadMore} />
      </QueriedRows>
    </>
  );
}

function UpgradeFilterBar({ filters }: { filters: UpgradeFilters }) {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: '/upgrades' });
  const set = (name: keyof UpgradeFilters, value: string) =>
    void navigate({ search: withUpgradeFilter(filters, name, value), replace: true });
  return (
    <FilterBar
      isFiltered={Object.keys(filters).length > 0}
      onClear={() => void navigate({ search: {}, replace: true })}
    >
      {upgradeTextFilters.map((name) => (
        <TextFilter
          key={name}
          label={t(`upgrades.filter.${name}`)}
          width={130}
          value={filters[name] ?? ''}
          onSettle={(value) => set(name, value)}
        />
      ))}
      <ChoiceFilter
        label={t('upgrades.state')}
        value={filters.state}
        onChoose={(value) => set('state', value)}
        choices={Object.values(UpgradeState).map((value) => ({ value, label: t(`upgrades.states.${value}`) }))}
      />
      <ChoiceFilter
        label={t('upgrades.kind')}
        value={filters.kind}
        onChoose={(value) => set('kind', value)}
        choices={Object.values(UpgradeKind).map((value) => ({ value, label: t(`upgrades.kinds.${value}`) }))}
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
    </FilterBar>
  );
}
