import { Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listServices, listTenants } from '../api/generated/grey.ts';

interface Found {
  readonly id: string;
  readonly name: string;
}
interface FindFieldProps {
  label: string;
  value: string;
  onChange: (id: string) => void;
  error?: string | undefined;
  description?: string;
  isFixed?: boolean;
  hasAutofocus?: boolean;
  width?: number;
}

/** A field for the id of a tenant, which is found by id or name. Any text is taken: the API knows who exists. */
export function TenantField({ label, ...props }: Omit<FindFieldProps, 'label'> & { label?: string }) {
  const { t } = useTranslation();
  return <FindField {...props} label={label ?? t('terms.tenant')} of="tenants" find={listTenants} />;
}

/** The same for a service. */
export function ServiceField({ label, ...props }: Omit<FindFieldProps, 'label'> & { label?: string }) {
  const { t } = useTranslation();
  return <FindField {...props} label={label ?? t('terms.service')} of="services" find={listServices} />;
}

interface FindProps extends FindFieldProps {
  of: 'tenants' | 'services';
  find: (params: { search?: string; limit: number }, init: RequestInit) => Promise<{ items: Found[] }>;
}

function FindField({ of, find, value, onChange, isFixed = false, hasAutofocus = false, width, ...field }: FindProps) {
  const [settled] = useDebouncedValue(value.trim(), 200);
  const found = useQuery({
    queryKey: [of, { search: settled, limit: 20 }],
    queryFn: ({ signal }) => find({ ...(settled ? { search: settled } : {}), limit: 20 }, { signal }),
    placeholderData: keepPreviousData,
    enabled: !isFixed,
    retry: false,
  });
  const names = new Map(found.data?.items.map(({ id, name }) => [id, name]));
  return (
    <Autocomplete
      size="xs"
      {...(width ? { w: width } : {})}
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
      value={value}
      maxLength={64}
      autoComplete="off"
      spellCheck={false}
      readOnly={isFixed}
      {...(hasAutofocus ? { 'data-autofocus': true } : {})}
      onChange={onChange}
    />
  );
}
