import { NativeSelect, TextInput } from '@mantine/core';
import type { FlagType } from './flag-fields.ts';

interface FlagValueProps {
  label: string;
  type: FlagType;
  value: string;
  error?: string | undefined;
  onChange: (value: string) => void;
}

/** A value of the flag's type. */
export function FlagValue({ label, type, value, error, onChange }: FlagValueProps) {
  if (type === 'boolean')
    return (
      <NativeSelect
        label={label}
        value={value}
        error={error}
        data={['true', 'false']}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  return (
    <TextInput
      label={label}
      value={value}
      error={error}
      maxLength={1024}
      classNames={{ input: 'mono' }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
