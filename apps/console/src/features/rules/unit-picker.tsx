import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Unit } from './rule-types.ts';

export const unitKinds = [
  'user',
  'session',
  'tenant',
  'token',
  'cookie',
  'header',
  'attribute',
  'claim',
] as const satisfies readonly Unit['by'][];
const named = new Set<string>(['cookie', 'header', 'attribute', 'claim']);

interface UnitPickerProps {
  label: string;
  value: Unit;
  onChange: (unit: Unit) => void;
  error?: string | undefined;
  isReadOnly?: boolean;
}

/** Who is counted, with the name where it goes by one. */
export function UnitPicker({ label, value, onChange, error, isReadOnly = false }: UnitPickerProps) {
  const { t } = useTranslation();
  const name = 'name' in value ? value.name : '';
  const choose = (by: string) => onChange((named.has(by) ? { by, name } : { by }) as Unit);
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <NativeSelect
        label={label}
        value={value.by}
        disabled={isReadOnly}
        onChange={(event) => choose(event.currentTarget.value)}
        data={unitKinds.map((by) => ({ value: by, label: t(`rules.unit.${by}`) }))}
      />
      {'name' in value && (
        <TextInput
          label={t('rules.unitName')}
          value={name}
          disabled={isReadOnly}
          error={error}
          classNames={{ input: 'mono' }}
          onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
        />
      )}
    </Group>
  );
}
