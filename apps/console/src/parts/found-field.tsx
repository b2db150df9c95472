import { Autocomplete, type AutocompleteProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { listServices, listTenants } from '../api/generated/grey.ts';

interface Found {
  readonly id: string;
  readonly name: string;
}
export type FoundKind = 'tenants' | 'services';
type Find = (params: { search?: string; limit: number }, init: RequestInit) => Promise<{ items: Found[] }>;
const finders: Record<FoundKind, Find> = { tenants: listTenants, services: listServices };
const looked = 20;

/** Those whose id or name has the text in it, by id; asked for once typing has paused. */
export function useFound(of: FoundKind, text: string, isAsked = true) {
  const [settled] = useDebouncedValue(text.trim(), 200);
  const query = useQuery({
    queryKey: [of, { search: settled, limit: looked }],
    queryFn: ({ signal }) => finders[of]({ ...(settled ? { search: settled } : {}), limit: looked }, { signal }),
    placeholderData: keepPreviousData,
    enabled: isAsked,
    retry: false,
  });
  return { settled, query, names: new Map(query.data?.items.map(({ id, name }) => [id, name])) };
}

interface FoundFieldProps extends Omit<AutocompleteProps, 'data' | 'onChange' | 'value'> {
  names: ReadonlyMap<string, string>;
  value: string;
  onChange: (text: string) => void;
}

/** A field with what was found below it, each by id and, where it has another one, name. */
export function FoundField({ names, ...field }: FoundFieldProps) {
  return (
    <Autocomplete
      size="xs"
      maxLength={64}
      autoComplete="off"
      spellCheck={false}
      {...field}
      data={[...names.keys()]}
      // The API has filtered, by id and by name.
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <span>
          <span className="mono">{option.value}</span>{' '}
          {names.get(option.value) !== option.value && <span className="dimmed">{names.get(option.value)}</span>}
        </span>
      )}
    />
  );
}
