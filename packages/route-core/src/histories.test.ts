import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from './decision.ts';
import { createDecisionEnv, decide, explain } from './index.ts';
import type { SnapshotSource } from './records.ts';
import { applyDelta, buildSnapshot, withInstances } from './snapshot.ts';
import type { Snapshot } from './snapshot-state.ts';
import { everyRequest, type HistoryStep, history, source } from './testing/arbitraries.ts';
import { Oracle } from './testing/oracle.ts';

/** `pnpm soak` runs the same properties longer: GREY_SOAK_RUNS histories each, from GREY_SOAK_SEED, for at most GREY_SOAK_MS. */
const { GREY_SOAK_RUNS: runs, GREY_SOAK_SEED: seed, GREY_SOAK_MS: limit } = process.env;
const length: fc.Parameters<unknown> = {
  numRuns: runs === undefined ? 300 : Number(runs),
  ...(seed === undefined ? {} : { seed: Number(seed) }),
  ...(limit === undefined ? {} : { interruptAfterTimeLimit: Number(limit), markInterruptAsFailure: false }),
};
const timeout = limit === undefined ? 60_000 : Number(limit) + 60_000;

const NOW = 1_000;
const leases = {
  held: { isHeld: () => true, isLost: false },
  out: { isHeld: () => false, isLost: false },
  lost: { isHeld: () => false, isLost: true },
};

function brief(decision: Decision): Record<string, unknown> {
  const { tenantId: _t, serviceName: _s, epoch: _e, revision: _r, ...rest } = decision;
  if (!rest.ok) return rest;
  const mirror = rest.mirror && { version: rest.mirror.version, instance: rest.mirror.instance.instanceId };
  return { ...rest, mirror, instance: rest.instance.instanceId };
}

/** A repeatable source of numbers in [0, 1). */
function numbers(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

/** What a snapshot answers to everyone, from a fresh environment, twice so that turns show. */
function answers(snapshot: Snapshot): Decision[] {
  const env = createDecisionEnv({ random: numbers(), now: () => NOW });
  return [...everyRequest, ...everyRequest].map((request) => decide(snapshot, request, env));
}

function counts(snapshot: Snapshot): object {
  const { columnBytes: _bytes, ...rest } = snapshot.stats();
  return rest;
}

/** Runs a history on a snapshot and on the oracle alike; `look` sees both after every step. */
function play(
  start: SnapshotSource,
  steps: readonly HistoryStep[],
  look: (snapshot: Snapshot, oracle: Oracle, step: HistoryStep) => void,
): Snapshot {
  let snapshot = buildSnapshot(start);
  const oracle = new Oracle(start);
  for (const step of steps) {
    if (step.kind === 'change') {
      const delta = { epoch: 'e1', revision: snapshot.position.revision + 1, ...step.body };
      snapshot = applyDelta(snapshot, delta);
      oracle.apply(delta);
    } else if (step.kind === 'instances') {
      snapshot = withInstances(snapshot, step.serviceId, step.instances);
      oracle.setInstances(step.serviceId, step.instances);
    }
    look(snapshot, oracle, step);
  }
  return snapshot;
}

describe('any history', () => {
  it('leaves the snapshot that a fresh load would give: same digest, same counts, same answers', { timeout }, () => {
    fc.assert(
      fc.property(source, history, (start, steps) => {
        play(start, steps, (snapshot, oracle) => {
          const fresh = buildSnapshot(oracle.toSource(snapshot.position));
          expect(snapshot.digest).toBe(fresh.digest);
          expect(counts(snapshot)).toEqual(counts(fresh));
          expect(answers(snapshot)).toEqual(answers(fresh));
        });
      }),
      length,
    );
  });

  it('is answered as the plain model answers it, instance by instance', { timeout }, () => {
    fc.assert(
      fc.property(source, history, fc.constantFrom('held', 'held', 'out', 'lost'), (start, steps, lease) => {
        const env = createDecisionEnv({ random: numbers(), now: () => NOW, lease: leases[lease] });
        const random = numbers();
        play(start, steps, (snapshot, oracle, step) => {
          oracle.lease = lease;
          const requests = step.kind === 'requests' ? step.requests : everyRequest;
          for (const request of requests) {
            expect(brief(decide(snapshot, request, env))).toEqual(oracle.decide(request as never, random, NOW));
          }
        });
      }),
      length,
    );
  });

  it('changes the digest exactly when it changes the configuration', { timeout }, () => {
    fc.assert(
      fc.property(source, history, (start, steps) => {
        const seen = new Map([[new Oracle(start).toText(), buildSnapshot(start).digest]]);
        play(start, steps, (snapshot, oracle) => {
          const text = oracle.toText();
          expect(snapshot.digest).toBe(seen.get(text) ?? snapshot.digest);
          seen.set(text, snapshot.digest);
        });
        expect(new Set(seen.values()).size).toBe(seen.size);
      }),
      length,
    );
  });

  it('lets no held version through, whatever fallback is taken', { timeout }, () => {
    fc.assert(
      fc.property(source, history, (start, steps) => {
        play(start, steps, (snapshot, oracle) => {
          for (const decision of answers(snapshot)) {
            if (!decision.ok) continue;
            const { mirror, serviceName, tenantId, version } = decision;
            expect(oracle.holdOn(serviceName, version, tenantId)).toBeUndefined();
            if (mirror !== null) expect(oracle.holdOn(serviceName, mirror.version, tenantId)).toBeUndefined();
          }
        });
      }),
      length,
    );
  });

  it('leaves every earlier snapshot as it was', { timeout }, () => {
    fc.assert(
      fc.property(source, history, (start, steps) => {
        const kept: { snapshot: Snapshot; was: string }[] = [];
        const picture = (s: Snapshot): string => JSON.stringify([s.position, s.digest, s.stats(), answers(s)]);
        play(start, steps, (snapshot) => kept.push({ snapshot, was: picture(snapshot) }));
        for (const { snapshot, was } of kept) expect(picture(snapshot)).toBe(was);
      }),
      length,
    );
  });

  it('gives the same answers whether or not somebody asks why', { timeout }, () => {
    fc.assert(
      fc.property(source, history, fc.array(fc.nat(3), { minLength: 1 }), (start, steps, curiosity) => {
        const asked = createDecisionEnv({ random: numbers(), now: () => NOW });
        const left = createDecisionEnv({ random: numbers(), now: () => NOW });
        let turn = 0;
        play(start, steps, (snapshot, _oracle, step) => {
          for (const request of step.kind === 'requests' ? step.requests : everyRequest) {
            const times = curiosity[turn++ % curiosity.length]!;
            const foretold = Array.from({ length: times }, () => explain(snapshot, request, asked).decision);
            const decision = decide(snapshot, request, left);
            expect(decide(snapshot, request, asked)).toEqual(decision);
            for (const told of foretold) expect(told).toEqual(decision);
          }
        });
      }),
      length,
    );
  });

  it('gives each request a version that depends on nothing but the snapshot, the time and the draws', {
    timeout,
  }, () => {
    const version = (d: Decision): unknown => ({ ...d, instance: null, mirror: null });
    const steady = () => createDecisionEnv({ random: () => 0.4, now: () => NOW });
    fc.assert(
      fc.property(source, history, (start, steps) => {
        const used = steady();
        play(start, steps, (snapshot) => {
          for (const request of everyRequest) {
            expect(version(decide(snapshot, request, used))).toEqual(version(decide(snapshot, request, steady())));
          }
        });
      }),
      length,
    );
  });
});
