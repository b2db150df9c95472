import type { GuardOverride, Objection } from '@grey/contracts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { GuardContext } from './version-guard.ts';

/** Different objections that the log names. */
const NAMED = 100;

/** @throws ApiError PERMISSION_DENIED for an override by who may not */
export function assertMayOverride({ caller, override }: GuardContext): void {
  if (override !== undefined && caller?.permissions.has('changes.override') !== true)
    throw new ApiError('PERMISSION_DENIED', { detail: 'An override needs the permission changes.override.' });
}

/** An override that came in a query. */
export function overrideOf({ overrideReason }: { overrideReason?: string | undefined }): GuardOverride | undefined {
  return overrideReason === undefined ? undefined : { reason: overrideReason };
}

/**
 * What was overridden, for the log: one item for each kind of objection, with what was said, how often. Who moved stands in
 * the other items; by whom and why in the head of the change, where it can be erased.
 */
export function itemsOfOverride(objections: readonly Objection[]): ItemDraft[] {
  return [...Map.groupBy(objections, ({ code }) => code)].map(([code, all]) => {
    const said = Map.groupBy(all, ({ serviceId, detail }) => JSON.stringify([serviceId, detail]));
    return {
      entity: 'override',
      tenantId: only(all.map(({ tenantId }) => tenantId)),
      serviceId: only(all.map(({ serviceId }) => serviceId)),
      key: code,
      before: null,
      after: {
        objectionCount: all.length,
        objections: [...said.values()].slice(0, NAMED).map((some) => ({
          serviceId: some[0]?.serviceId,
          detail: some[0]?.detail,
          count: some.length,
        })),
      },
    };
  });
}

function only(all: readonly (string | null)[]): string | null {
  const distinct = new Set(all);
  return distinct.size === 1 ? (all[0] ?? null) : null;
}
