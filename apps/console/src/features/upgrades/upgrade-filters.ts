import { type ListUpgradesParams, UpgradeKind, UpgradeState } from '../../api/generated/model/index.ts';

/** Filters of the list of upgrades as they stand in the URL; without an order, those that need somebody come first. */
export interface UpgradeFilters {
  tenantId?: string;
  serviceId?: string;
  state?: UpgradeState;
  kind?: UpgradeKind;
  order?: 'newest';
}
export const upgradeTextFilters = ['tenantId', 'serviceId'] as const;

export function readUpgradeFilters(search: Record<string, unknown>): UpgradeFilters {
  const filters: UpgradeFilters = {};
  for (const name of upgradeTextFilters) {
    const value = search[name];
    // The router parses `?tenantId=42` as a number.
    if ((typeof value === 'string' || typeof value === 'number') && String(value).trim())
      filters[name] = String(value).trim().slice(0, 64);
  }
  const state = Object.values(UpgradeState).find((one) => one === search['state']);
  const kind = Object.values(UpgradeKind).find((one) => one === search['kind']);
  if (state) filters.state = state;
  if (kind) filters.kind = kind;
  if (search['order'] === 'newest') filters.order = 'newest';
  return filters;
}

export function withUpgradeFilter(
  filters: UpgradeFilters,
  name: keyof UpgradeFilters,
  value: string | undefined,
): UpgradeFilters {
  const { [name]: _, ...others } = filters;
  return readUpgradeFilters({ ...others, [name]: value });
}

export function paramsOf({ order, ...filters }: UpgradeFilters): ListUpgradesParams {
  return { ...filters, order: order ?? 'failures' };
}
