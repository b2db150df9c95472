import type { DriftState } from '../../api/generated/model/index.ts';
import { idInUrl } from '../../parts/text-in-url.ts';

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
export const schemaTextFilters = ['tenantId', 'serviceId'] as const;

/** Reads filters from a URL; what the API would refuse is dropped, so that a mangled link still opens. */
export function readTenantSchemaFilters(search: Record<string, unknown>): TenantSchemaFilters {
  const filters: TenantSchemaFilters = {};
  for (const name of schemaTextFilters) {
    const id = idInUrl(search[name]);
    if (id) filters[name] = id;
  }
  const drift = driftStates.find((one) => one === search['drift']);
  return drift ? { ...filters, drift } : filters;
}
