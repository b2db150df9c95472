import { Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listTenants } from '../../api/generated/grey.ts';

interface TenantFieldProps {
  value: string;
  onChange: (id: string) => void;
}

/** Finds one tenant by id or name. Text that is no tenant's id yet is not taken. */
export function TenantField({ value, onChange }: TenantFieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setText(value), [value]);
  const [settled] = useDebouncedValue(text.trim(), 200);
  const found = useQuery({
    queryKey: ['tenants', { search: settled, limit: 20 }],
    queryFn: ({ signal }) => listTenants({ ...(settled ? { search: settled } : {}), limit: 20 }, { signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const items = found.data?.items ?? [];
  const names = new Map(items.map(({ id, name }) => [id, name]));
  const isTaken = settled !== '' && settled !== value && names.has(settled);
  useEffect(() => {
    if (isTaken) latest.current(settled);
  }, [isTaken, settled]);
  const isNowhere = found.isSuccess && !found.isPlaceholderData && settled !== '' && items.length === 0;
  return (
    <Autocomplete
      size="xs"
      label={t('terms.tenant')}
      data={[...names.keys()]}
      // The API has filtered, by id and by name.
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <span>
          <span className="mono">{option.value}</span> <span className="dimmed">{names.get(option.value)}</span>
        </span>
      )}
      value={text}
      maxLength={64}
      autoComplete="off"
      error={isNowhere && t('upgrades.start.noTenant')}
      onChange={setText}
      onOptionSubmit={(id) => latest.current(id)}
    />
  );
}
