import type { DecisionEnv } from '../decision-env.ts';
import type { InstanceTable, Turn } from '../instance-table.ts';

/** What a fresh instance begins with, as a part of its weight. */
const FIRST_PART = 0.1;

/** The clock where an instance of the table is still fresh, else Infinity: most tables never ask for the time. */
export function readWarmClock(table: InstanceTable, env: DecisionEnv): number {
  if (table.warmAt === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
  const now = env.now();
  return now >= table.warmAt ? Number.POSITIVE_INFINITY : now;
}

/**
 * The weight of the instance at `i` now: over `slowStartMs` from its start it grows linearly from a tenth to the whole.
 * @param clock of readWarmClock
 */
export function weighInstance(turn: Turn, i: number, slowStartMs: number, clock: number): number {
  const weight = turn.weights[i]!;
  if (clock === Number.POSITIVE_INFINITY) return weight;
  const { startedAt } = turn.instances[i]!;
  if (startedAt === undefined) return weight;
  const grown = Math.min(1, Math.max(0, (clock - startedAt) / slowStartMs));
  return weight * (FIRST_PART + (1 - FIRST_PART) * grown);
}
