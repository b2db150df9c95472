import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type CalendarView, turn, weeksOf } from './calendar-days.ts';

interface CalendarPagerProps {
  view: CalendarView;
  day: number;
  now: number;
  onTurn: (day: number) => void;
}

/** Which month or week is shown, and the way to others. */
export function CalendarPager({ view, day, now, onTurn }: CalendarPagerProps) {
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
