import { Chip, Group, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Condition } from './rule-types.ts';
import { daysOfWeek, fromLocalInput, fromMinuteText, minuteText, toLocalInput } from './time-texts.ts';

type Time = Extract<Condition, { op: 'time' }>;

/** Instants, days and minutes of the day, all in UTC; what is left empty does not bound. */
export function TimeCondition({ condition, onChange }: { condition: Time; onChange: (next: Time) => void }) {
  const { t } = useTranslation();
  const set = <K extends keyof Time>(key: K, value: Time[K] | undefined) => {
    const { [key]: _, ...rest } = condition;
    onChange((value === undefined ? rest : { ...rest, [key]: value }) as Time);
  };
  return (
    <div className="condition-time">
      <Group gap="xs">
        <TextInput
          type="datetime-local"
          label={t('rules.time.from')}
          value={toLocalInput(condition.from)}
          onChange={(event) => set('from', fromLocalInput(event.currentTarget.value))}
        />
        <TextInput
          type="datetime-local"
          label={t('rules.time.until')}
          value={toLocalInput(condition.until)}
          onChange={(event) => set('until', fromLocalInput(event.currentTarget.value))}
        />
        <TextInput
          type="time"
          label={t('rules.time.fromMinute')}
          value={minuteText(condition.fromMinute)}
          onChange={(event) => set('fromMinute', fromMinuteText(event.currentTarget.value))}
        />
        <TextInput
          type="time"
          label={t('rules.time.untilMinute')}
          value={minuteText(condition.untilMinute)}
          onChange={(event) => set('untilMinute', fromMinuteText(event.currentTarget.value))}
        />
      </Group>
      <Chip.Group
        multiple
        value={(condition.days ?? []).map(String)}
        onChange={(days) => set('days', days.length > 0 ? days.map(Number).sort((a, b) => a - b) : undefined)}
      >
        <Group gap={4} role="group" aria-label={t('rules.time.days')}>
          {daysOfWeek.map((day) => (
            <Chip key={day} size="xs" value={String(day)}>
              {t(`rules.time.day.${day}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </div>
  );
}
