import type { InstanceRecord } from './records.ts';

/**
 * The local state that deciding needs beside the snapshot: a clock, a source of randomness, and where the balancers stand.
 * One per process (or per test); it outlives snapshots. Without rules that ask for the time or a draw it never influences
 * which *version* answers.
 */
export interface DecisionEnv {
  /** @internal whether this process can know of the latest changes of schemas */
  readonly lease: SchemaLease;
  /** @internal milliseconds since 1970 */
  readonly now: () => number;
  /** @internal numbers in [0, 1) */
  readonly random: () => number;
  /** @internal numbers that `explain` has looked at and the next decision will use, in order */
  readonly drawn: number[];
  /** @internal how many of `drawn` have been looked at; -1: draws are final */
  peeked: number;
  /** @internal cursors of the balancers by service and version */
  readonly cursors: Map<string, Map<string, object>>;
  /** @internal what was reported of instances, by instance id */
  readonly loads: Map<string, InstanceLoad>;
}

/** How well a router is connected with where changes come from, as far as schemas depend on it. Asked at every such decision. */
export interface SchemaLease {
  /** Whether it may answer for a schema that is marked as migrating. */
  isHeld(): boolean;
  /** Nothing was heard for so long, or nothing yet, that there may be marks that it does not know. */
  readonly isLost: boolean;
}

/** Of who holds the only copy, such as tests and simulations. */
export const HELD: SchemaLease = Object.freeze({ isHeld: () => true, isLost: false });

/** What this process knows of an instance from its own calls. */
export interface InstanceLoad {
  inFlight: number;
  /** Exponentially weighted moving average in milliseconds; NaN before the first report. */
  latencyMs: number;
  /** When `latencyMs` was last moved, in milliseconds since 1970. */
  at: number;
}

/**
 * @param options.random numbers in [0, 1), default Math.random; `options.now` milliseconds since 1970, default Date.now;
 *   `options.lease` default: always held
 */
export function createDecisionEnv(
  options: { random?: () => number; now?: () => number; lease?: SchemaLease } = {},
): DecisionEnv {
  return {
    lease: options.lease ?? HELD,
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    drawn: [],
    peeked: -1,
    cursors: new Map(),
    loads: new Map(),
  };
}

/** The next random number, in [0, 1). While peeking, the one that the next decision will draw. */
export function drawRandom(env: DecisionEnv): number {
  if (env.peeked < 0) return env.drawn.length === 0 ? env.random() : env.drawn.shift()!;
  const at = env.peeked++;
  if (at === env.drawn.length) env.drawn.push(env.random());
  return env.drawn[at]!;
}

/** Runs `look` so that nothing it draws is used up. */
export function peekRandom<T>(env: DecisionEnv, look: () => T): T {
  env.peeked = 0;
  try {
    return look();
  } finally {
    env.peeked = -1;
  }
}

/** Which instance a load belongs to; ids are unique over all services. */
export function loadKeyOf(instance: InstanceRecord): string {
  return instance.instanceId;
}
