import type { TenantStatus } from '../../api/generated/model/index.ts';
import { textInUrl } from '../../parts/text-in-url.ts';

/** Filters of the tenant list and of the matrix, as they stand in the URL. */
export interface TenantFilters {
  search?: string;
  status?: TenantStatus;
  tier?: string;
  region?: string;
  tag?: string;
}
export const textFilters = ['search', 'tier', 'region', 'tag'] as const;

/** Reads filters from a URL; what does not fit is dropped, so an old or mangled link still opens. */
export function readTenantFilters(search: Record<string, unknown>): TenantFilters {
  const filters: TenantFilters = {};
  for (const name of textFilters) {
    const text = textInUrl(search[name]);
    if (text) filters[name] = text;
  }
  if (search['status'] === 'active' || search['status'] === 'suspended') filters.status = search['status'];
  return filters;
}

export function hasFilters(filters: TenantFilters): boolean {
  return Object.keys(filters).length > 0;
}

/** Sets one filter; an empty value takes it out. */
export function withFilter(filters: TenantFilters, name: keyof TenantFilters, value: string): TenantFilters {
  const { [name]: _, ...rest } = filters;
  return readTenantFilters({ ...rest, [name]: value });
}
