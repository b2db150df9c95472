import type { PlanRequest, Refusal } from '../../api/generated/model/index.ts';
import { type UpgradeQuestion, wordTargets } from './upgrade-question.ts';

/** As many as an address takes. */
const tenantsAsked = 50;

/** The question to the solver for what a plan refused as incompatible; undefined when that is nothing. */
export function wayFor(refusals: readonly Refusal[], request: PlanRequest): UpgradeQuestion | undefined {
  const refused = refusals.filter((one) => one.code === 'INCOMPATIBLE');
  const tenants = [...new Set(refused.map((one) => one.tenantId))].slice(0, tenantsAsked);
  const asked = 'cells' in request ? request.cells.filter((one) => tenants.includes(one.tenantId)) : request.targets;
  // Tenants that shall go to different versions have no plan in common: the first one's target is asked for.
  const versions = new Map<string, string>();
  for (const { serviceId, targetVersion } of asked)
    if (targetVersion !== null && !versions.has(serviceId)) versions.set(serviceId, targetVersion);
  if (tenants.length === 0 || versions.size === 0) return undefined;
  const to = wordTargets([...versions].map(([serviceId, version]) => ({ serviceId, version })));
  return { tenants: tenants.join(','), to };
}
