import { Button, Group, NativeSelect, Stack } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listChanges } from '../../api/generated/grey.ts';
import { type Change, ChangeKind } from '../../api/generated/model/index.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { SettlingInput } from '../tenants/tenant-filter-bar.tsx';
import { ChangeEntry } from './change-entry.tsx';
import { type ChangeFilters, kindKey, readChangeFilters } from './change-filters.ts';

/** The log of changes, newest first: who did what, when, why, and what it was before. */
export function ChangesPage() {
  const { t } = useTranslation();
  const filters = useSearch({ from: '/shell/changes' });
  const navigate = useNavigate({ from: '/changes' });
  const { query, rows, loadMore } = usePages<Change>(['changes', filters], (cursor, signal) =>
    listChanges({ ...filters, limit: 50, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const filter = (name: keyof ChangeFilters, value: string) =>
    void navigate({ search: readChangeFilters({ ...filters, [name]: value }), replace: true });
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <>
      <PageHeader title={t('nav.changes')} note={t('changes.note')} />
      <Group gap="xs" mb="sm" align="flex-end" role="search" aria-label={t('filter.label')}>
        <SettlingInput
          label={t('terms.tenant')}
          width={180}
          value={filters.tenantId ?? ''}
          onSettle={(value) => filter('tenantId', value)}
        />
        <SettlingInput
          label={t('terms.service')}
          width={180}
          value={filters.serviceId ?? ''}
          onSettle={(value) => filter('serviceId', value)}
        />
        <NativeSelect
          label={t('changes.kind')}
          value={filters.kind ?? ''}
          onChange={(event) => filter('kind', event.currentTarget.value)}
          data={[
            { value: '', label: t('filter.any') },
            ...Object.values(ChangeKind).map((kind) => ({ value: kind, label: t(`changeKinds.${kindKey(kind)}`) })),
          ]}
        />
        {isFiltered && (
          <Button variant="subtle" onClick={() => void navigate({ search: {}, replace: true })}>
            {t('filter.clear')}
          </Button>
        )}
      </Group>
      {query.isPending && <Loading what={t('nav.changes')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && (
        <Empty>{isFiltered ? t('changes.noneFits') : t('changes.noneYet')}</Empty>
      )}
      <Stack gap="xs" component="ol" p={0} m={0} style={{ listStyle: 'none' }} aria-label={t('nav.changes')}>
        {rows.map((change) => (
          <ChangeEntry key={change.id} change={change} />
        ))}
      </Stack>
      {query.hasNextPage && (
        <Button variant="default" mt="sm" loading={query.isFetchingNextPage} onClick={loadMore}>
          {t('changes.older')}
        </Button>
      )}
    </>
  );
}
