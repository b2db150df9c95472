import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listFreezes } from '../../api/generated/grey.ts';
import type { Freeze } from '../../api/generated/model/index.ts';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { Calendar } from './calendar.tsx';
import { type CalendarView, weeksOf } from './calendar-days.ts';
import { FreezeList } from './freeze-list.tsx';

interface FreezesInCalendarProps {
  view: CalendarView;
  day: number;
  now: number;
  filters: { tenantId?: string; serviceId?: string };
  onOpen: (freezeId: string) => void;
  onWeek: (day: number) => void;
  onCreate: ((day: number) => void) | undefined;
}

const calendarLimit = 200;

/** The freezes of a month or a week. */
export function FreezesInCalendar({ filters, ...calendar }: FreezesInCalendarProps) {
  const { t } = useTranslation();
  const weeks = weeksOf(calendar.day, calendar.view);
  const span = {
    from: new Date(weeks[0]?.bounds[0] ?? 0).toISOString(),
    to: new Date(weeks.at(-1)?.bounds[7] ?? 0).toISOString(),
  };
  const freezes = useQuery({
    queryKey: ['freezes', 'span', span, filters],
    queryFn: ({ signal }) => listFreezes({ ...filters, ...span, limit: calendarLimit }, { signal }),
    placeholderData: (before) => before,
  });
  if (freezes.isError) return <Failure error={freezes.error} onRetry={() => void freezes.refetch()} />;
  return (
    <>
      <Calendar {...calendar} freezes={freezes.data?.items ?? []} />
      <Text size="xs" c="dimmed" mt={6} role="status">
        {freezes.data
          ? freezes.data.nextCursor
            ? t('freezes.tooMany', { shown: calendarLimit })
            : t('freezes.shown', { count: freezes.data.items.length })
          : t('state.loading', { what: t('freezes.title') })}{' '}
        {calendar.onCreate && t('freezes.clickDay')}
      </Text>
    </>
  );
}

/** All freezes, also those long over, page by page. */
export function FreezesInList({ filters, onOpen }: Pick<FreezesInCalendarProps, 'filters' | 'onOpen'>) {
  const { t } = useTranslation();
  const { query, rows, loadMore } = usePages<Freeze>(['freezes', 'list', filters], (cursor, signal) =>
    listFreezes({ ...filters, limit: 100, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  return (
    <>
      {query.isPending && <Loading what={t('freezes.title')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && <Empty>{t('freezes.none')}</Empty>}
      {rows.length > 0 && <FreezeList freezes={rows} onOpen={onOpen} onEndReached={loadMore} />}
    </>
  );
}
