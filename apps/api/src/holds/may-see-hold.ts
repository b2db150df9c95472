import type { HoldRecord } from '@grey/route-core';
import { type Caller, mayActFor } from '../access/caller.ts';

/** Whether a hold is any of the caller's business. */
export function maySeeHold(caller: Caller, { scope }: Pick<HoldRecord, 'scope'>): boolean {
  return scope.kind !== 'tenants' || scope.tenantIds.some((id) => mayActFor(caller, id));
}
