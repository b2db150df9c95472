import type { FallbackCause, FallbackTaken } from './decision.ts';
import type { Trace } from './explain-trace.ts';
import { followHolds } from './follow-holds.ts';
import type { FallbackPlan } from './rules/compile-rule.ts';
import type { ServiceSlot } from './service-slot.ts';
import { checkVersion } from './version-check.ts';

interface Subject {
  readonly tenantId: string;
  readonly tags: readonly string[];
  /** Of the tenant, whose schema is guarded. */
  readonly ordinal: number;
  readonly trace: Trace | null;
}

interface FoundFallback {
  readonly number: number;
  readonly taken: FallbackTaken;
  readonly holds: readonly string[];
}

/**
 * Another version for a tenant whose wanted one cannot answer, after the rule's or the service's fallback. Holds, schema guard
 * and instances are judged again for it, so a fallback never lets a held version through. null = nothing else fits.
 */
export function fallBack(
  slot: ServiceSlot,
  plan: FallbackPlan,
  wanted: number,
  cause: FallbackCause,
  subject: Subject,
): FoundFallback | null {
  const { tenantId, tags, ordinal, trace } = subject;
  const { names } = slot.names;
  const { mode } = plan;
  for (const candidate of listCandidates(slot, plan, wanted, ordinal)) {
    trace?.add('fallback', 'candidate', { mode, cause, from: names[wanted]! }, names[candidate]);
    const followed = followHolds(slot, candidate, tenantId, tags, trace);
    if (followed.number === 0 || followed.number === wanted) continue;
    if (checkVersion(slot, followed.number, ordinal, trace) !== null) continue;
    const taken = { from: names[wanted]!, to: names[followed.number]!, cause, mode };
    trace?.add('fallback', 'taken', taken, taken.to);
    return { number: followed.number, taken, holds: followed.ids };
  }
  trace?.add('fallback', mode === 'fail' ? 'off' : 'exhausted', { mode, cause }, names[wanted]);
  return null;
}

function listCandidates(slot: ServiceSlot, plan: FallbackPlan, wanted: number, tenant: number): readonly number[] {
  const { mode } = plan;
  if (mode === 'fail') return [];
  if (mode === 'baseline') return without(wanted, slot.defaults.baseline);
  // A name without a number has no hold and is not in the catalogue, so it could not answer.
  if (mode === 'version') return without(wanted, slot.names.numbers.get(plan.version ?? '') ?? 0);
  // A version that the catalogue does not have has no place in the order, hence no neighbour.
  const ceiling = slot.versions[wanted]?.ordinal ?? Number.NaN;
  return slot.newestFirst
    .filter((v) => v.ordinal <= ceiling && v.number !== wanted && checkVersion(slot, v.number, tenant, null) === null)
    .map((v) => v.number);
}

function without(wanted: number, candidate: number): readonly number[] {
  return candidate === 0 || candidate === wanted ? [] : [candidate];
}
