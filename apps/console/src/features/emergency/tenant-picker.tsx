import { Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listTenants } from '../../api/generated/grey.ts';

/** Finds tenants by id or name, one after the other. */
export function TenantPicker({ onPick }: { onPick: (id: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text.trim(), 200);
  const found = useQuery({
    queryKey: ['tenants', { search: settled, limit: 20 }],
    queryFn: ({ signal }) => listTenants({ ...(settled ? { search: settled } : {}), limit: 20 }, { signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const names = new Map(found.data?.items.map(({ id, name }) => [id, name]));
  return (
    <Autocomplete
      size="xs"
      label={t('emergency.findTenant')}
      data={[...names.keys()]}
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <span>
          <span className="mono">{option.value}</span> <span className="dimmed">{names.get(option.value)}</span>
        </span>
      )}
      value={text}
      maxLength={64}
      autoComplete="off"
      onChange={setText}
      onOptionSubmit={(id) => {
        onPick(id);
        // Mantine writes the option into the field after this.
        setTimeout(() => setText(''));
      }}
    />
  );
}
