import './changes.css';
import { Button, Stack, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listChanges } from '../../api/generated/grey.ts';
import type { Change } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { ChangeEntry } from './change-entry.tsx';
import { ChangeFilterBar } from './change-filter-bar.tsx';
import { ChangesTabs } from './changes-tabs.tsx';

/** The log of changes as a timeline, newest first: who did what, when, why, and what it was before. */
export function ChangesPage() {
  const { t } = useTranslation();
  const { date } = useFormat();
  const filters = useSearch({ from: '/shell/changes' });
  const navigate = useNavigate({ from: '/changes' });
  const { query, rows, loadMore } = usePages<Change>(['changes', filters], (cursor, signal) =>
    listChanges({ ...filters, limit: 50, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const days = [...Map.groupBy(rows, ({ at }) => date(at))];
  return (
    <>
      <PageHeader title={t('nav.changes')} note={t('changes.note')} />
      <ChangesTabs />
      <ChangeFilterBar filters={filters} onChange={(search) => void navigate({ search, replace: true })} />
      {query.isPending && <Loading what={t('nav.changes')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && (
        <Empty>{Object.keys(filters).length > 0 ? t('changes.noneFits') : t('changes.noneYet')}</Empty>
      )}
      <Stack gap="md">
        {days.map(([day, changes]) => (
          <section key={day} aria-label={day}>
            <Title order={2} className="timeline-day">
              {day}
            </Title>
            <ol className="timeline" aria-label={day}>
              {changes.map((change) => (
                <ChangeEntry key={change.id} change={change} />
              ))}
            </ol>
          </section>
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
