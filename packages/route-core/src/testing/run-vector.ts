import type * as Everything from '../index.ts';
import type { Decision, DecisionEnv, DecisionRequest, Explanation, Snapshot, SnapshotSource } from '../index.ts';

/** What of the engine the vectors need. */
export type Engine = Pick<
  typeof Everything,
  'buildSnapshot' | 'createDecisionEnv' | 'decide' | 'decideAt' | 'explain' | 'explainAt' | 'reportEnd' | 'reportStart'
>;

export interface VectorFile {
  readonly feature: string;
  readonly cases: readonly VectorCase[];
}

export interface VectorCase {
  readonly name: string;
  readonly source: SnapshotSource;
  /** the position that the requests name, by which the version is chosen; null: it is not kept. Absent: they name none */
  readonly earlier?: SnapshotSource | null;
  /** what the random source gives, in order */
  readonly random?: readonly number[];
  /** how well the router is connected: `out` of its lease, or `lost` so long that marks may be missing; absent: `held` */
  readonly lease?: 'held' | 'out' | 'lost';
  /** what the clock shows at first, milliseconds since 1970; without it, asking for the time is an error */
  readonly now?: number;
  readonly requests: readonly VectorRequest[];
}

export interface VectorRequest {
  readonly request: DecisionRequest;
  /** what the clock shows from here on */
  readonly now?: number;
  /** calls that began and ended before the request, in order */
  readonly reports?: readonly { instance: string; event: 'start' | 'end'; latencyMs?: number; isFailure?: boolean }[];
  readonly expect: Record<string, unknown> & { steps?: string[] };
}

/** What the engine answered to one request of a vector, beside what is expected. */
export interface VectorAnswer {
  /** The decision as the vectors write it: the instance by its id, without what merely repeats request and snapshot. */
  readonly brief: Record<string, unknown>;
  readonly decision: Decision;
  /** What `explain` said just before. */
  readonly explained: Decision;
  /** `step outcome`, in order */
  readonly steps: readonly string[];
  readonly expected: VectorRequest['expect'];
}

/**
 * Puts the requests of a vector to an engine, in order. Node, the browser's build and whoever else proves that it decides
 * alike run the vectors by this.
 * @param engine the functions that are to be judged
 */
export function runVector(engine: Engine, vector: VectorCase): VectorAnswer[] {
  const snapshot = engine.buildSnapshot(vector.source);
  const judge = judgeOf(engine, vector, snapshot);
  const clock = { now: vector.now };
  const env = makeEnv(engine, vector, clock);
  return vector.requests.map(({ request, now, reports, expect: expected }) => {
    clock.now = now ?? clock.now;
    report(engine, reports, snapshot, env);
    const explained = judge.explain(request, env);
    const decision = judge.decide(request, env);
    return {
      brief: brief(decision),
      decision,
      explained: explained.decision,
      steps: explained.steps.map((step) => `${step.step} ${step.outcome}`),
      expected,
    };
  });
}

function brief(decision: Decision): Record<string, unknown> {
  const { tenantId: _t, serviceName: _s, epoch: _e, revision: _r, ...rest } = decision;
  if (!rest.ok) return rest;
  const mirror = rest.mirror && { version: rest.mirror.version, instance: rest.mirror.instance.instanceId };
  return { ...rest, mirror, instance: rest.instance.instanceId };
}

interface Judge {
  decide(request: DecisionRequest, env: DecisionEnv): Decision;
  explain(request: DecisionRequest, env: DecisionEnv): Explanation;
}

function judgeOf(engine: Engine, { earlier }: VectorCase, snapshot: Snapshot): Judge {
  if (earlier === undefined) {
    return {
      decide: (request, env) => engine.decide(snapshot, request, env),
      explain: (request, env) => engine.explain(snapshot, request, env),
    };
  }
  const then = earlier === null ? undefined : engine.buildSnapshot(earlier);
  return {
    decide: (request, env) => engine.decideAt(snapshot, then, request, env),
    explain: (request, env) => engine.explainAt(snapshot, then, request, env),
  };
}

function makeEnv(engine: Engine, vector: VectorCase, clock: { now: number | undefined }): DecisionEnv {
  const numbers = [...(vector.random ?? [])];
  const { lease = 'held' } = vector;
  return engine.createDecisionEnv({
    lease: { isHeld: () => lease === 'held', isLost: lease === 'lost' },
    now: () => {
      if (clock.now === undefined) throw new Error('the vector has no time');
      return clock.now;
    },
    random: () => {
      if (numbers.length === 0) throw new Error('the vector gives no more random numbers');
      return numbers.shift()!;
    },
  });
}

function report(engine: Engine, reports: VectorRequest['reports'], snapshot: Snapshot, env: DecisionEnv): void {
  const instances = new Map(snapshot.listInstances().map((instance) => [instance.instanceId, instance]));
  for (const { instance: id, event, latencyMs = 0, isFailure = false } of reports ?? []) {
    const instance = instances.get(id)!;
    if (event === 'start') engine.reportStart(env, instance);
    else engine.reportEnd(env, instance, { latencyMs, isFailure });
  }
}
