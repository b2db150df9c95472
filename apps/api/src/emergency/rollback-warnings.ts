import type { RollbackPlan } from '@grey/contracts';
import { type HoldRecord, readHolds, type Snapshot } from '@grey/route-core';

/**
 * What speaks against a rollback and does not stop it. Pure.
 * @param hold for whom it was wanted
 * @param made the hold to be made, which leaves out who cannot be moved
 */
export function warningsOf(
  snapshot: Snapshot,
  hold: HoldRecord,
  made: HoldRecord,
  unservableCount: number,
): RollbackPlan['warnings'] {
  const { serviceId, toVersion } = hold;
  const others = readHolds(snapshot).filter((one) => one.serviceId === serviceId);
  const warnings = [...alreadyHeld(others, made)];
  if (others.some((one) => one.fromVersion === toVersion && overlaps(one, hold)))
    warnings.push({ code: 'TARGET_HELD', message: `${toVersion} is held itself; the tenants land further on` });
  const isServed = snapshot.listInstances().some((one) => one.serviceId === serviceId && one.version === toVersion);
  if (!isServed) warnings.push({ code: 'NO_INSTANCE', message: `no instance of ${toVersion} is known` });
  if (unservableCount > 0 && hold.scope.kind !== 'tenants') {
    const message = 'as tenants are left out, the hold lists the others; tenants that come later are not held';
    warnings.push({ code: 'SCOPE_NARROWED', message });
  }
  return warnings;
}

/** A repetition is no error, least of all at night: who repeats it learns that it was in force, and under which id. */
function alreadyHeld(existing: readonly HoldRecord[], hold: HoldRecord): RollbackPlan['warnings'] {
  const { fromVersion, toVersion } = hold;
  const ids = existing.flatMap((one) =>
    one.id !== hold.id && one.fromVersion === fromVersion && one.toVersion === toVersion && isSameScope(one, hold)
      ? [one.id]
      : [],
  );
  const [first] = ids;
  if (first === undefined) return [];
  const others = ids.length === 1 ? '' : ` and ${ids.length - 1} more`;
  const message = `hold ${first}${others} does the very same already; this one is in force beside it, and both are to be lifted`;
  return [{ code: 'ALREADY_HELD', message }];
}

function isSameScope({ scope: a }: HoldRecord, { scope: b }: HoldRecord): boolean {
  if (a.kind === 'tag') return b.kind === 'tag' && a.tag === b.tag;
  if (a.kind !== 'tenants') return a.kind === b.kind;
  const ids = new Set(a.tenantIds);
  return b.kind === 'tenants' && ids.size === new Set(b.tenantIds).size && b.tenantIds.every((id) => ids.has(id));
}

/** Somebody may be held by both. */
export function overlaps({ scope: a }: HoldRecord, { scope: b }: HoldRecord): boolean {
  return a.kind !== 'tenants' || b.kind !== 'tenants' || a.tenantIds.some((id) => b.tenantIds.includes(id));
}
