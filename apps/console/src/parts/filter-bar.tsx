import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface FilterBarProps {
  /** Whether anything is filtered by, so that there is something to clear. */
  isFiltered: boolean;
  onClear: () => void;
  children: ReactNode;
  /** What else stands in the line, behind the filters. */
  after?: ReactNode;
}

/** The filters above a list, and the way back to all of it. */
export function FilterBar({ isFiltered, onClear, children, after }: FilterBarProps) {
  const { t } = useTranslation();
  return (
    <Group gap="xs" mb="xs" align="flex-end" role="search" aria-label={t('filter.label')}>
      {children}
      {isFiltered && (
        <Button variant="subtle" onClick={onClear}>
          {t('filter.clear')}
        </Button>
      )}
      {after}
    </Group>
  );
}

interface TextFilterProps {
  label: string;
  value: string;
  width: number;
  onSettle: (value: string) => void;
}

/** A text field that reports once typing has paused, and follows the value when it changes from outside (back button). */
export function TextFilter({ label, value, width, onSettle }: TextFilterProps) {
  const [text, setText] = useState(value);
  const latest = useRef(onSettle);
  latest.current = onSettle;
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => latest.current(text.trim()), 250);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <TextInput
      label={label}
      w={width}
      maxLength={64}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}

interface ChoiceFilterProps<T extends string> {
  label: string;
  /** Undefined: any. */
  value: T | undefined;
  choices: readonly { readonly value: T; readonly label: string }[];
  width?: number;
  /** An empty string: any. */
  onChoose: (value: string) => void;
}

/** One of a few, or any. */
export function ChoiceFilter<T extends string>({ label, value, choices, width, onChoose }: ChoiceFilterProps<T>) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      label={label}
      {...(width === undefined ? {} : { w: width })}
      value={value ?? ''}
      onChange={(event) => onChoose(event.currentTarget.value)}
      data={[{ value: '', label: t('filter.any') }, ...choices]}
    />
  );
}
