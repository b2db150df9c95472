import { type KeyRing, type Lane, type LaneVerdict, parseProof, verifyLane } from '@grey/lanes';
import { LRUCache } from 'lru-cache';

/** What an edge signed within one second is the same text for one lane and position, so few are in use at a time. */
const CAPACITY = 5_000;

export type VerifyLane = (lane: Lane) => LaneVerdict;

/** Verifies each signature once and remembers those that are valid until they expire. Without keys everything is unsigned. */
export function createLaneVerifier(keys: KeyRing | undefined, now: () => number): VerifyLane {
  if (keys === undefined) return () => 'unsigned';
  /** until when, in milliseconds since 1970 */
  const valid = new LRUCache<string, number>({ max: CAPACITY });
  return (lane) => {
    if (lane.proof === null) return 'unsigned';
    // No position contains a blank, and neither does a signature.
    const key = `${lane.proof} ${lane.position ?? ''} ${lane.tag ?? ''}`;
    const until = valid.get(key);
    if (until !== undefined) return now() < until ? 'valid' : 'expired';
    const verdict = verifyLane(lane, keys, now);
    if (verdict === 'valid') valid.set(key, parseProof(lane.proof)!.expiresAt * 1000);
    return verdict;
  };
}
