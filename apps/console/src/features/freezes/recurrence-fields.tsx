import { Autocomplete, Checkbox, Group, NumberInput, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FreezeFields } from './freeze-fields.ts';
import { useWeekdays } from './freeze-words.ts';

interface RecurrenceFieldsProps {
  fields: FreezeFields;
  fault: (name: keyof FreezeFields) => string | undefined;
  onChange: (part: Partial<FreezeFields>) => void;
}

/** On which days of the week a freeze begins, when, for how long, and by whose clock. */
export function RecurrenceFields({ fields, fault, onChange }: RecurrenceFieldsProps) {
  const { t } = useTranslation();
  const weekdays = useWeekdays();
  return (
    <div className="panel">
      <Stack gap="xs">
        <Checkbox.Group
          label={t('freezes.weekdays')}
          error={fault('weekdays')}
          value={fields.weekdays.map(String)}
          onChange={(days) => onChange({ weekdays: days.map(Number).sort() })}
        >
          <div className="weekday-row">
            {weekdays.map((name, index) => (
              <Checkbox key={name} value={String(index + 1)} label={name} />
            ))}
          </div>
        </Checkbox.Group>
        <Group align="flex-start" gap="sm">
          <TextInput
            w={120}
            label={t('freezes.startTime')}
            type="time"
            value={fields.startTime}
            error={fault('startTime')}
            onChange={(event) => onChange({ startTime: event.currentTarget.value.slice(0, 5) })}
          />
          <NumberInput
            w={120}
            label={t('freezes.hours')}
            min={0.25}
            max={168}
            step={0.5}
            decimalScale={2}
            value={fields.durationHours}
            error={fault('durationHours')}
            onChange={(value) => onChange({ durationHours: Number(value) || 0 })}
          />
          <Autocomplete
            size="xs"
            flex={1}
            label={t('freezes.zone')}
            data={Intl.supportedValuesOf('timeZone')}
            limit={30}
            value={fields.timeZone}
            error={fault('timeZone')}
            onChange={(timeZone) => onChange({ timeZone })}
          />
        </Group>
      </Stack>
    </div>
  );
}
