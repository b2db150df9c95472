import type { DriftState } from '../../api/generated/model/index.ts';

/** Filters of the list of tenant schemas as they stand in the URL. */
export interface TenantSchemaFilters {
  tenantId?: string;
  serviceId?: string;
  drift?: DriftState;
}
export const driftStates = [
  'drifted',
  'accepted',
  'none',
  'unreachable',
  'unknown',
] as const satisfies readonly DriftState[];
const names = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const schemaTextFilters = ['tenantId', 'serviceId'] as const;

/** Reads filters from a URL; what the API would refuse is dropped, so that a mangled link still opens. */
export function readTenantSchemaFilters(search: Record<string, unknown>): TenantSchemaFilters {
  const filters: TenantSchemaFilters = {};
  for (const name of schemaTextFilters) {
    const value = search[name];
    // The router parses `?tenantId=42` as a number.
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    if (names.test(text)) filters[name] = text;
  }
  const drift = driftStates.find((one) => one === search['drift']);
  return drift ? { ...filters, drift } : filters;
}
