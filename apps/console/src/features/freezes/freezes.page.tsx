import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listFreezes } from '../../api/generated/grey.ts';
import type { Freeze } from '../../api/generated/model/index.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { usePermission } from '../access/me.ts';
import { SettlingInput } from '../tenants/tenant-filter-bar.tsx';
import { Calendar } from './calendar.tsx';
import { type CalendarView, readDay, turn, weeksOf, wordDay } from './calendar-days.ts';
import { FreezeForm } from './freeze-form.tsx';
import { FreezeList } from './freeze-list.tsx';
import { FreezeNotice } from './freeze-notice.tsx';
import { FreezePanel } from './freeze-panel.tsx';
import type { FreezesView } from './freezes-view.ts';
import { useFreezesInForce } from './use-freezes-in-force.ts';
import './freezes.css';

/** The times in which versions do not change. */
export function FreezesPage() {
  const { t } = useTranslation();
  const asked = useSearch({ from: '/shell/freezes' });
  const navigate = useNavigate({ from: '/freezes' });
  const mayWrite = usePermission('freezes.write');
  const [creating, setCreating] = useState<{ day: number | null } | null>(null);
  const now = useMinute();
  const inForce = useFreezesInForce();
  const { freeze, ...rest } = asked;
  const view = asked.view ?? 'month';
  const go = (part: { [Name in keyof FreezesView]: FreezesView[Name] | undefined }) => {
    const next = Object.fromEntries(Object.entries({ ...asked, ...part }).filter(([, value]) => value));
    void navigate({ search: next as FreezesView, replace: !('freeze' in part) });
  };
  const filters = {
    ...(rest.tenantId ? { tenantId: rest.tenantId } : {}),
    ...(rest.serviceId ? { serviceId: rest.serviceId } : {}),
  };
  const day = (asked.day && readDay(asked.day)) || readDay(wordDay(now)) || now;
  const open = (freezeId: string) => go({ freeze: freezeId });
  return (
    <>
      <PageHeader
        title={t('freezes.title')}
        note={t('freezes.note')}
        actions={mayWrite && <Button onClick={() => setCreating({ day: null })}>{t('freezes.create')}</Button>}
      />
      <FreezeNotice freezes={inForce} />
      <Group justify="space-between" align="flex-end" mb="xs" gap="sm">
        <Group gap="xs" align="flex-end" role="search" aria-label={t('filter.label')}>
          <SettlingInput
            label={t('terms.tenant')}
            width={160}
            value={asked.tenantId ?? ''}
            onSettle={(tenantId) => go({ tenantId })}
          />
          <SettlingInput
            label={t('terms.service')}
            width={160}
            value={asked.serviceId ?? ''}
            onSettle={(serviceId) => go({ serviceId })}
          />
        </Group>
        <Group gap="xs">
          {view !== 'list' && <Pager view={view} day={day} onTurn={(next) => go({ day: wordDay(next) })} now={now} />}
          <SegmentedControl
            size="xs"
            aria-label={t('freezes.view')}
            value={view}
            data={(['month', 'week', 'list'] as const).map((value) => ({ value, label: t(`freezes.views.${value}`) }))}
            onChange={(value) => go({ view: value === 'month' ? undefined : (value as 'week') })}
          />
        </Group>
      </Group>
      {view === 'list' ? (
        <ListView filters={filters} onOpen={open} />
      ) : (
        <CalendarPart
          view={view}
          day={day}
          now={now}
          filters={filters}
          onOpen={open}
          onWeek={(at) => go({ view: 'week', day: wordDay(at) })}
          onCreate={mayWrite ? (at) => setCreating({ day: at }) : undefined}
        />
      )}
      {creating && <FreezeForm day={creating.day} onClose={() => setCreating(null)} />}
      {freeze && <FreezePanel freezeId={freeze} onClose={() => go({ freeze: undefined })} />}
    </>
  );
}

interface CalendarPartProps {
  view: CalendarView;
  day: number;
  now: number;
  filters: { tenantId?: string; serviceId?: string };
  onOpen: (freezeId: string) => void;
  onWeek: (day: number) => void;
  onCreate: ((day: number) => void) | undefined;
}

const calendarLimit = 200;

function CalendarPart({ filters, ...calendar }: CalendarPartProps) {
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

function ListView({ filters, onOpen }: Pick<CalendarPartProps, 'filters' | 'onOpen'>) {
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

interface PagerProps {
  view: CalendarView;
  day: number;
  now: number;
  onTurn: (day: number) => void;
}

function Pager({ view, day, now, onTurn }: PagerProps) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language === 'zh' ? 'zh-CN' : 'en-GB';
  const bounds = weeksOf(day, 'week')[0]?.bounds ?? [day, day];
  const label =
    view === 'month'
      ? new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric' }).format(day)
      : new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }).formatRange(
          bounds[0] ?? day,
          bounds[6] ?? day,
        );
  return (
    <Group gap={4} role="group" aria-label={t('freezes.turn')}>
      <Text size="sm" fw={600} mr={6} aria-live="polite">
        {label}
      </Text>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={t('freezes.before')}
        onClick={() => onTurn(turn(day, view, -1))}
      >
        {'‹'}
      </Button>
      <Button variant="default" size="compact-sm" onClick={() => onTurn(now)}>
        {t('freezes.today')}
      </Button>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={t('freezes.after')}
        onClick={() => onTurn(turn(day, view, 1))}
      >
        {'›'}
      </Button>
    </Group>
  );
}

/** The time, to the minute. */
function useMinute(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
