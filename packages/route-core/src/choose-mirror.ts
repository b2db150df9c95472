import type { Course } from './course.ts';
import type { RoutedDecision } from './decision.ts';
import { drawRandom } from './decision-env.ts';
import type { Trace } from './explain-trace.ts';
import { findHold } from './holds.ts';
import { pickInstance } from './pick-instance.ts';
import type { RuleRecord } from './routing-records.ts';
import { isOutOfKnowledge } from './schema-doubt.ts';
import type { ServiceSlot } from './service-slot.ts';
import { BUCKET_COUNT } from './splits/bucket-of.ts';
import { checkVersion } from './version-check.ts';

type Mirror = RoutedDecision['mirror'];

/** The tenant of the request as the present snapshot has it. */
interface Subject {
  readonly tags: readonly string[];
  readonly ordinal: number;
}

/**
 * Where a copy of the request goes, if the rule wants one this time: to the shadow version itself or nowhere. A version that
 * is held, retired, outside the tenant's schema or without instances gets none, nor does the one that answers anyway.
 */
export function chooseMirror(
  slot: ServiceSlot,
  plan: NonNullable<RuleRecord['mirror']>,
  course: Course,
  { tags, ordinal }: Subject,
): Mirror {
  const { env, request, trace } = course;
  const { version, share } = plan;
  const isDrawn = share >= BUCKET_COUNT || (share > 0 && drawRandom(env) * BUCKET_COUNT < share);
  if (!isDrawn) return skip(trace, version, 'not_drawn');
  const number = slot.names.numbers.get(version) ?? 0;
  if (number === course.number) return skip(trace, version, 'same_version');
  if (slot.holdTable !== null && findHold(slot.holdTable, number, request.tenantId, tags) !== undefined) {
    return skip(trace, version, 'held');
  }
  const cause = checkVersion(slot, number, ordinal, null);
  if (cause !== null) return skip(trace, version, cause.toLowerCase());
  if (isOutOfKnowledge(slot, number, ordinal, env)) return skip(trace, version, 'schema_uncertain');
  const instance = pickInstance(slot.versions[number]!.table, env, trace !== null, request, course.knownFacts);
  trace?.add('mirror', 'chosen', { share, instanceId: instance.instanceId, address: instance.address }, version);
  return { version, instance };
}

function skip(trace: Trace | null, version: string, outcome: string): null {
  trace?.add('mirror', outcome, {}, version);
  return null;
}
