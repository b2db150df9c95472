import { Button, Group, SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextFilter } from '../../parts/filter-bar.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { usePermission } from '../access/me.ts';
import { readDay, wordDay } from './calendar-days.ts';
import { CalendarPager } from './calendar-pager.tsx';
import { FreezeForm } from './freeze-form.tsx';
import { FreezeNotice } from './freeze-notice.tsx';
import { FreezePanel } from './freeze-panel.tsx';
import { FreezesInCalendar, FreezesInList } from './freezes-shown.tsx';
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
          <TextFilter
            label={t('terms.tenant')}
            width={160}
            value={asked.tenantId ?? ''}
            onSettle={(tenantId) => go({ tenantId })}
          />
          <TextFilter
            label={t('terms.service')}
            width={160}
            value={asked.serviceId ?? ''}
            onSettle={(serviceId) => go({ serviceId })}
          />
        </Group>
        <Group gap="xs">
          {view !== 'list' && (
            <CalendarPager view={view} day={day} onTurn={(next) => go({ day: wordDay(next) })} now={now} />
          )}
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
        <FreezesInList filters={filters} onOpen={open} />
      ) : (
        <FreezesInCalendar
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

/** The time, to the minute. */
function useMinute(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
