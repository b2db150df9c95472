import { useTranslation } from 'react-i18next';
import type { Freeze } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';

/** A Monday: names of weekdays are taken from the days after it. */
const monday = Date.UTC(2024, 0, 1);

/** Names of the days of the week, Monday first. */
export function useWeekdays(style: 'short' | 'long' = 'short'): string[] {
  const { i18n } = useTranslation();
  const format = new Intl.DateTimeFormat(i18n.language === 'zh' ? 'zh-CN' : 'en-GB', {
    weekday: style,
    timeZone: 'UTC',
  });
  return Array.from({ length: 7 }, (_, day) => format.format(monday + day * 86_400_000));
}

/** More than these are counted. */
const shown = 4;

/** A freeze in words: whom it is for, and when. */
export function useFreezeWords() {
  const { t, i18n } = useTranslation();
  const { duration, number } = useFormat();
  const weekdays = useWeekdays();
  const short = new Intl.DateTimeFormat(i18n.language === 'zh' ? 'zh-CN' : 'en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  const list = (all: readonly string[]) =>
    all.length <= shown
      ? all.join(', ')
      : `${all.slice(0, shown).join(', ')} ${t('freezes.more', { more: number(all.length - shown) })}`;
  const wordTime = (iso: string) => short.format(new Date(iso));
  const wordSpan = (startsAt: string, endsAt: string | null) =>
    endsAt === null ? t('freezes.from', { at: wordTime(startsAt) }) : `${wordTime(startsAt)} – ${wordTime(endsAt)}`;
  return {
    wordTime,
    wordSpan,
    wordWhom: ({ scope, isForEverybody }: Freeze) =>
      isForEverybody
        ? t('freezes.everybody')
        : [
            ...(scope.tenantIds.length > 0 ? [list(scope.tenantIds)] : []),
            ...(scope.tenantTags.length > 0 ? [t('freezes.withTags', { tags: list(scope.tenantTags) })] : []),
          ].join(' · ') || t('freezes.otherTenants'),
    wordServices: ({ scope }: Freeze) =>
      scope.serviceIds.length === 0 ? t('freezes.everyService') : list(scope.serviceIds),
    wordRecurrence: ({ recurrence }: Freeze) =>
      recurrence &&
      t('freezes.recurs', {
        days: recurrence.weekdays.map((day) => weekdays[day - 1]).join(' '),
        time: recurrence.startTime,
        duration: duration(recurrence.durationMinutes * 60_000),
        zone: recurrence.timeZone,
      }),
  };
}
