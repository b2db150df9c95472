import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ChoiceFilter, FilterBar, TextFilter } from '../../parts/filter-bar.tsx';
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
    <FilterBar isFiltered={hasFilters(filters)} onClear={() => onChange({})} after={children}>
      {textFilters.map((name) => (
        <TextFilter
          key={name}
          label={t(`filter.${name}`)}
          width={name === 'search' ? 220 : 120}
          value={filters[name] ?? ''}
          onSettle={(value) => onChange(withFilter(filters, name, value))}
        />
      ))}
      <ChoiceFilter
        label={t('filter.status')}
        value={filters.status}
        choices={[
          { value: 'active', label: t('tenantStatus.active') },
          { value: 'suspended', label: t('tenantStatus.suspended') },
        ]}
        onChoose={(value) => onChange(withFilter(filters, 'status', value))}
      />
    </FilterBar>
  );
}
