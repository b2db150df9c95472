import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Freeze } from '../../api/generated/model/index.ts';
import { type CalendarView, placeIn, type Week, weeksOf, wordDay } from './calendar-days.ts';
import { useFreezeWords, useWeekdays } from './freeze-words.ts';
import { layBars } from './lay-bars.ts';

const laneHeight = 23;
/** Rows of one week; the rest is in the week's own view. */
const lanesShown = { month: 4, week: 16 } as const;
const lanesKept = { month: 2, week: 6 } as const;
const perCent = (days: number) => `${(days / 7) * 100}%`;

interface CalendarProps {
  view: CalendarView;
  day: number;
  now: number;
  freezes: readonly Freeze[];
  onOpen: (freezeId: string) => void;
  onWeek: (day: number) => void;
  /** Undefined: nothing may be created. */
  onCreate: ((day: number) => void) | undefined;
}

/** Freezes as bars over days, each drawn from the hour at which it begins to that at which it ends. */
export function Calendar({ view, day, now, freezes, onOpen, onWeek, onCreate }: CalendarProps) {
  const { t, i18n } = useTranslation();
  const weekdays = useWeekdays();
  const month = new Date(day).getMonth();
  const full = new Intl.DateTimeFormat(i18n.language === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'full' });
  return (
    <section className="calendar" aria-label={t('freezes.calendar')}>
      <div className="calendar-head" aria-hidden="true">
        {weekdays.map((name) => (
          <span key={name}>{name}</span>
        ))}
      </div>
      {weeksOf(day, view).map((week) => (
        <div key={week.bounds[0]} className="calendar-week">
          <div className="calendar-days">
            {week.bounds.slice(0, 7).map((at) => {
              const facts = {
                className: 'calendar-day',
                'data-outside': view === 'month' && new Date(at).getMonth() !== month,
                'data-today': wordDay(at) === wordDay(now),
              };
              const number = <span>{new Date(at).getDate()}</span>;
              if (!onCreate)
                return (
                  <div key={at} {...facts}>
                    {number}
                  </div>
                );
              return (
                <button
                  key={at}
                  type="button"
                  tabIndex={-1}
                  aria-label={t('freezes.createOn', { day: full.format(at) })}
                  onClick={() => onCreate(at)}
                  {...facts}
                >
                  {number}
                </button>
              );
            })}
          </div>
          <WeekBars view={view} week={week} now={now} freezes={freezes} onOpen={onOpen} onWeek={onWeek} />
        </div>
      ))}
    </section>
  );
}

type WeekBarsProps = Omit<CalendarProps, 'day' | 'onCreate'> & { week: Week };

function WeekBars({ view, week, now, freezes, onOpen, onWeek }: WeekBarsProps) {
  const { t } = useTranslation();
  const { wordSpan, wordWhom } = useFreezeWords();
  const byId = new Map(freezes.map((freeze) => [freeze.id, freeze]));
  const bars = layBars(
    week,
    freezes.flatMap(({ id, occurrences }) =>
      occurrences.map(({ startsAt, endsAt }) => ({
        id,
        start: Date.parse(startsAt),
        end: endsAt === null ? Number.POSITIVE_INFINITY : Date.parse(endsAt),
      })),
    ),
  );
  const drawn = bars.filter((bar) => bar.lane < lanesShown[view]);
  const lanes = Math.max(lanesKept[view], ...drawn.map((bar) => bar.lane + 1));
  const [first, last] = [week.bounds[0] ?? 0, week.bounds[7] ?? 0];
  return (
    <>
      <div className="calendar-bars" style={{ height: lanes * laneHeight }}>
        {drawn.map(({ id, start, end, from, to, lane, isOpenStart, isOpenEnd }) => {
          const freeze = byId.get(id);
          if (!freeze) return null;
          const held = Math.min(7 - from, Math.max(to - from, 1));
          const ends = Number.isFinite(end) ? new Date(end).toISOString() : null;
          const words = [freeze.title, wordSpan(new Date(start).toISOString(), ends), wordWhom(freeze)].join(', ');
          return (
            <button
              key={`${id} ${from}`}
              type="button"
              className="calendar-bar"
              data-state={now < start ? 'planned' : now < end ? 'active' : 'over'}
              data-open-start={isOpenStart}
              data-open-end={isOpenEnd}
              style={{ left: perCent(from), width: perCent(held), top: lane * laneHeight }}
              title={words}
              aria-label={words}
              onClick={() => onOpen(id)}
            >
              <span className="calendar-bar-strip" style={{ width: `${Math.min(1, (to - from) / held) * 100}%` }} />
              <span className="calendar-bar-name">{freeze.title}</span>
            </button>
          );
        })}
      </div>
      {bars.length > drawn.length && (
        <Button className="calendar-more" variant="subtle" size="compact-xs" onClick={() => onWeek(first)}>
          {t('freezes.moreInWeek', { count: bars.length - drawn.length })}
        </Button>
      )}
      {view === 'week' && now >= first && now < last && (
        <div className="calendar-now" style={{ left: perCent(placeIn(week, now)) }} />
      )}
    </>
  );
}
