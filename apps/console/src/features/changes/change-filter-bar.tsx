import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ChangeKind } from '../../api/generated/model/index.ts';
import { ChoiceFilter, FilterBar, TextFilter } from '../../parts/filter-bar.tsx';
import { fromLocalInput, toLocalInput } from '../history/moment.ts';
import { type ChangeFilters, kindKey, readChangeFilters } from './change-filters.ts';

interface ChangeFilterBarProps {
  filters: ChangeFilters;
  onChange: (filters: ChangeFilters) => void;
}

/** Which changes: by kind, what they are about, who did them, and when. */
export function ChangeFilterBar({ filters, onChange }: ChangeFilterBarProps) {
  const { t } = useTranslation();
  const set = (name: keyof ChangeFilters, value: string) => onChange(readChangeFilters({ ...filters, [name]: value }));
  const text = (name: 'tenantId' | 'serviceId' | 'actor', label: string) => (
    <TextFilter label={label} width={140} value={filters[name] ?? ''} onSettle={(value) => set(name, value)} />
  );
  const time = (name: 'since' | 'until', label: string) => (
    <TextInput
      type="datetime-local"
      step={1}
      label={label}
      w={190}
      value={toLocalInput(filters[name])}
      onChange={(event) => set(name, fromLocalInput(event.currentTarget.value) ?? '')}
    />
  );
  const kinds = Object.values(ChangeKind)
    .map((kind) => ({ value: kind, label: t(`changeKinds.${kindKey(kind)}`) }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return (
    <FilterBar isFiltered={Object.keys(filters).length > 0} onClear={() => onChange({})}>
      <ChoiceFilter
        label={t('changes.kind')}
        width={200}
        value={filters.kind}
        choices={kinds}
        onChoose={(kind) => set('kind', kind)}
      />
      {text('tenantId', t('terms.tenant'))}
      {text('serviceId', t('terms.service'))}
      {text('actor', t('changes.actor'))}
      {time('since', t('changes.since'))}
      {time('until', t('changes.until'))}
    </FilterBar>
  );
}
