import type { TenantOfBatch } from './batch-members.store.ts';
import type { PlanInput } from './plan-input.ts';

/** A tenant that is in no wave, and why. */
export interface LeftOut {
  readonly tenantId: string;
  readonly code: string;
  readonly message: string;
}

/** What a tenant's schema has to say. */
export interface Judged {
  /** Why it cannot be led to the target; null: it can. */
  readonly refusal: string | null;
  /** An upgrade of the schema alone would do nothing. */
  readonly isThere: boolean;
}

export interface LeaveOutContext {
  readonly input: Pick<PlanInput, 'kind' | 'fromVersion' | 'toVersion' | 'scope'>;
  /** Where holds lead whoever is assigned the target. */
  readonly landsOn: (tenant: TenantOfBatch) => string;
  readonly schemaOf: (tenant: TenantOfBatch) => Judged;
  /** Somebody can answer for the target, or somebody said that it does not matter. */
  readonly hasInstance: boolean;
}

/** Takes out whom an upgrade could not begin for, or would do nothing for; guards are asked afterwards. Pure. @param asked ids that were named */
export function leaveOut(
  tenants: readonly TenantOfBatch[],
  asked: readonly string[],
  context: LeaveOutContext,
): { readonly candidates: readonly TenantOfBatch[]; readonly leftOut: readonly LeftOut[] } {
  const known = new Set(tenants.map(({ tenantId }) => tenantId));
  const leftOut: LeftOut[] = asked
    .filter((tenantId) => !known.has(tenantId))
    .map((tenantId) => ({ tenantId, code: 'TENANT_UNKNOWN', message: 'No tenant has this id.' }));
  const candidates: TenantOfBatch[] = [];
  for (const tenant of tenants) {
    const why = whyNot(tenant, context);
    if (why === undefined) candidates.push(tenant);
    else leftOut.push({ tenantId: tenant.tenantId, code: why[0], message: why[1] });
  }
  return { candidates, leftOut };
}

function whyNot(tenant: TenantOfBatch, context: LeaveOutContext): [code: string, message: string] | undefined {
  const { input, hasInstance } = context;
  const { kind, fromVersion, toVersion, scope } = input;
  const { version, engine, isPinned } = tenant;
  if (fromVersion !== undefined && version !== fromVersion && !(version === toVersion && kind === 'service'))
    return ['OTHER_VERSION', version === null ? 'Nothing is assigned.' : `${version} is assigned.`];
  if (kind === 'service' && version === toVersion) return ['ALREADY_THERE', `${toVersion} is assigned already.`];
  // Who was named is meant; nobody else is given an assignment or moved off a pin unawares.
  const isNamed = scope.kind === 'tenants';
  if (kind === 'service' && version === null && !isNamed)
    return ['NOT_ASSIGNED', 'It follows the default and has no assignment of its own.'];
  if (kind === 'service' && isPinned && !isNamed) return ['PINNED', `It is pinned to ${version}.`];
  if (kind === 'schema' && engine === null) return ['DATA_SOURCE_MISSING', 'It has no data source for this service.'];
  const schema = context.schemaOf(tenant);
  if (kind === 'schema' && schema.isThere) return ['ALREADY_THERE', 'Its schema is there already.'];
  if (tenant.activeUpgradeId !== null) return ['UPGRADE_RUNNING', `Upgrade ${tenant.activeUpgradeId} is under way.`];
  const landed = context.landsOn(tenant);
  if (landed !== toVersion) return ['HELD', `A hold answers ${toVersion} by ${landed}.`];
  if (tenant.drift === 'drifted') return ['DRIFTED', 'Its schema has drifted, which nobody has accepted.'];
  const { refusal } = schema;
  if (refusal !== null) return ['UPGRADE_REFUSED', refusal];
  if (kind === 'service' && !hasInstance) return ['NO_INSTANCE', `No instance of ${toVersion} can answer.`];
  return undefined;
}
