import type { PlannedMember, TenantOfBatch } from './batch-members.store.ts';
import type { BatchRow } from './batch-row.ts';
import type { LeftOut } from './leave-out.ts';

type Batch = Pick<BatchRow, 'kind' | 'fromVersion' | 'toVersion' | 'isNamed'>;

/**
 * Who of a wave is still what the plan rested on, now that it begins. Nobody is moved whom somebody has moved, pinned or begun to
 * upgrade since: a batch of last week must not take back what was done today. Whom something is wrong with begins all the
 * same, and fails by what is wrong, which is what the failure budget is for. Pure.
 *
 * @param landsOn where holds lead whoever is assigned the target
 */
export function sortMembers(
  planned: readonly PlannedMember[],
  found: readonly TenantOfBatch[],
  batch: Batch,
  landsOn: (tenant: TenantOfBatch) => string,
): { readonly fit: readonly TenantOfBatch[]; readonly leftOut: readonly LeftOut[] } {
  const tenants = new Map(found.map((one) => [one.tenantId, one]));
  const fit: TenantOfBatch[] = [];
  const leftOut: LeftOut[] = [];
  for (const member of planned) {
    const { tenantId } = member;
    const tenant = tenants.get(tenantId);
    const why = tenant === undefined ? GONE : whyNotNow(member, tenant, batch, landsOn);
    if (tenant !== undefined && why === undefined) fit.push(tenant);
    else if (why !== undefined) leftOut.push({ tenantId, code: why[0], message: why[1] });
  }
  return { fit, leftOut };
}

type Why = readonly [code: string, message: string];
const GONE: Why = ['TENANT_UNKNOWN', 'It was deleted.'];

function whyNotNow(
  planned: PlannedMember,
  tenant: TenantOfBatch,
  { kind, fromVersion, toVersion, isNamed }: Batch,
  landsOn: (tenant: TenantOfBatch) => string,
): Why | undefined {
  const { version, isPinned, activeUpgradeId } = tenant;
  if (kind === 'service' && version === toVersion) return ['ALREADY_THERE', `${toVersion} is assigned already.`];
  const from = planned.fromVersion === undefined ? fromVersion : planned.fromVersion;
  const isKnown = planned.fromVersion !== undefined || fromVersion !== null;
  if (isKnown && version !== from)
    return [
      'OTHER_VERSION',
      `It was planned from ${from ?? 'the default'}, and ${version ?? 'nothing'} is assigned now.`,
    ];
  if (kind === 'service' && isPinned && !isNamed) return ['PINNED', `It was pinned to ${version}.`];
  if (activeUpgradeId !== null) return ['UPGRADE_RUNNING', `Upgrade ${activeUpgradeId} is under way.`];
  const landed = landsOn(tenant);
  return landed === toVersion ? undefined : ['HELD', `A hold answers ${toVersion} by ${landed}.`];
}

/** Where nobody may begin, and for some only for now, the wave is not passed by but waited for. Null: that is not so. Pure. */
export function blockOf(leftOut: readonly LeftOut[]): string | null {
  const forNow = leftOut.filter(({ code }) => code === 'FROZEN' || code === 'HELD');
  const [first] = forNow;
  if (first === undefined) return null;
  const others = forNow.length === 1 ? '' : ` And ${forNow.length - 1} more.`;
  return `${first.tenantId}: ${first.message}${others}`;
}
