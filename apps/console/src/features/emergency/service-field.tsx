import { Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { listServices } from '../../api/generated/grey.ts';
import { useOutage } from './use-outage.ts';

interface ServiceFieldProps {
  value: string;
  /** Why nothing is known of the service. */
  fault: unknown;
  onChange: (id: string) => void;
}

/** Finds a service by id or name. Text that is no service's id yet is not taken; without PostgreSQL any text is. */
export function ServiceField({ value, fault, onChange }: ServiceFieldProps) {
  const { t } = useTranslation();
  const { isDatabaseAway } = useOutage();
  const [text, setText] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setText(value), [value]);
  const [settled] = useDebouncedValue(text.trim(), 200);
  const found = useQuery({
    queryKey: ['services', { search: settled, limit: 20 }],
    queryFn: ({ signal }) => listServices({ ...(settled ? { search: settled } : {}), limit: 20 }, { signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const items = found.data?.items ?? [];
  const isKnown = items.some(({ id }) => id === settled);
  const isTaken = settled !== '' && settled !== value && (isKnown || found.isError || isDatabaseAway);
  useEffect(() => {
    if (isTaken) latest.current(settled);
  }, [isTaken, settled]);
  const isUnknown = fault instanceof ApiProblem && fault.code === 'SERVICE_UNKNOWN';
  const isNowhere = found.isSuccess && !found.isPlaceholderData && settled !== '' && items.length === 0;
  const names = new Map(items.map(({ id, name }) => [id, name]));
  return (
    <Autocomplete
      size="xs"
      label={t('terms.service')}
      data={items.map(({ id }) => id)}
      // The API has filtered, by id and by name.
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <span>
          <span className="mono">{option.value}</span>{' '}
          {names.get(option.value) !== option.value && <span className="dimmed">{names.get(option.value)}</span>}
        </span>
      )}
      value={text}
      maxLength={64}
      autoComplete="off"
      data-autofocus
      autoFocus={value === ''}
      error={(isUnknown || isNowhere) && t('emergency.serviceUnknown')}
      onChange={setText}
      onOptionSubmit={(id) => latest.current(id)}
    />
  );
}
