import type { ListHoldsParams } from '../../api/generated/model/index.ts';

/** Filters of the list of holds as they stand in the URL; without a state, those in force. */
export interface HoldFilters {
  serviceId?: string;
  version?: string;
  tenantId?: string;
  state?: 'lifted' | 'any';
}
export const holdTextFilters = ['serviceId', 'version', 'tenantId'] as const;

export function readHoldFilters(search: Record<string, unknown>): HoldFilters {
  const filters: HoldFilters = {};
  for (const name of holdTextFilters) {
    const value = search[name];
    if ((typeof value === 'string' || typeof value === 'number') && String(value).trim())
      filters[name] = String(value).trim().slice(0, 64);
  }
  if (search['state'] === 'lifted' || search['state'] === 'any') filters.state = search['state'];
  return filters;
}

export function paramsOf({ state, ...filters }: HoldFilters): ListHoldsParams {
  return state === 'any' ? filters : { ...filters, isActive: state === 'lifted' ? 'false' : 'true' };
}
