import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { hasFilters, type TenantFilters, textFilters, withFilter } from './tenant-filters.ts';

interface TenantFilterBarProps {
  filters: TenantFilters;
  onChange: (filters: TenantFilters) => void;
  children?: ReactNode;
}

/** Filters shared by the tenant list and the matrix. Text takes effect when typing pauses. */
export function TenantFilterBar({ filters, onChange, children }: TenantFilterBarProps) {
  const { t } = useTranslation();
  return (
    <Group gap="xs" mb="xs" align="flex-end" role="search" aria-label={t('filter.label')}>
      {textFilters.map((name) => (
        <SettlingInput
          key={name}
          label={t(`filter.${name}`)}
          width={name === 'search' ? 220 : 120}
          value={filters[name] ?? ''}
          onSettle={(value) => onChange(withFilter(filters, name, value))}
        />
      ))}
      <NativeSelect
        label={t('filter.status')}
        value={filters.status ?? ''}
        onChange={(event) => onChange(withFilter(filters, 'status', event.currentTarget.value))}
        data={[
          { value: '', label: t('filter.any') },
          { value: 'active', label: t('tenantStatus.active') },
          { value: 'suspended', label: t('tenantStatus.suspended') },
        ]}
      />
      {hasFilters(filters) && (
        <Button variant="subtle" onClick={() => onChange({})}>
          {t('filter.clear')}
        </Button>
      )}
      {children}
    </Group>
  );
}

interface SettlingInputProps {
  label: string;
  value: string;
  width: number;
  onSettle: (value: string) => void;
}

/** A text field that reports once typing has paused, and follows the value when it changes from outside (back button). */
export function SettlingInput({ label, value, width, onSettle }: SettlingInputProps) {
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
