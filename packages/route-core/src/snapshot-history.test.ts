import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyDelta,
  buildSnapshot,
  createDecisionEnv,
  decide,
  decideAt,
  decideFlags,
  explainAt,
  type Snapshot,
  SnapshotHistory,
  type SnapshotSource,
  withInstances,
} from './index.ts';
import { everyRequest, type HistoryStep, history, source } from './testing/arbitraries.ts';
import { Oracle } from './testing/oracle.ts';

const empty: SnapshotSource = {
  position: { epoch: 'e1', revision: 1 },
  tenants: [],
  services: [],
  assignments: [],
  schemas: [],
  holds: [],
  instances: [],
};
const at = (revision: number, epoch = 'e1'): Snapshot => buildSnapshot({ ...empty, position: { epoch, revision } });

describe('the history of a router', () => {
  it('keeps the last snapshots, as many as it is told', () => {
    const kept = new SnapshotHistory(3);
    for (let revision = 1; revision <= 5; revision++) kept.add(at(revision));
    expect(kept.at({ epoch: 'e1', revision: 2 })).toBeUndefined();
    for (const revision of [3, 4, 5]) expect(kept.at({ epoch: 'e1', revision })?.position.revision).toBe(revision);
    expect(kept.latest?.position.revision).toBe(5);
  });

  it('keeps 64 when it is not told', () => {
    const kept = new SnapshotHistory();
    for (let revision = 1; revision <= 65; revision++) kept.add(at(revision));
    expect(kept.at({ epoch: 'e1', revision: 1 })).toBeUndefined();
    expect(kept.at({ epoch: 'e1', revision: 2 })).toBeDefined();
  });

  it('has one snapshot of a position, the one whose instances are newest', () => {
    const kept = new SnapshotHistory(2);
    kept.add(at(1));
    const newer = withInstances(at(2), 's', []);
    for (const snapshot of [at(2), at(2), newer]) kept.add(snapshot);
    expect(kept.at({ epoch: 'e1', revision: 2 })).toBe(newer);
    expect(kept.at({ epoch: 'e1', revision: 1 })).toBeDefined();
  });

  it('knows a position by its epoch, too', () => {
    const kept = new SnapshotHistory();
    kept.add(at(9, 'e1'));
    kept.add(at(9, 'e2'));
    expect(kept.at({ epoch: 'e1', revision: 9 })?.position.epoch).toBe('e1');
    expect(kept.at({ epoch: 'e3', revision: 9 })).toBeUndefined();
  });

  it('has nothing at first', () => {
    const kept = new SnapshotHistory();
    expect(kept.latest).toBeUndefined();
    expect(kept.at({ epoch: 'e1', revision: 1 })).toBeUndefined();
  });
});

describe('deciding at an earlier position', { timeout: 60_000 }, () => {
  const env = () => createDecisionEnv({ random: () => 0.4, now: () => 1_000 });

  function play(start: SnapshotSource, steps: readonly HistoryStep[], look: (s: Snapshot, o: Oracle) => void): void {
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
      look(snapshot, oracle);
    }
  }

  it('gives the answer of that position where nothing that settles it has changed', () => {
    fc.assert(
      fc.property(source, (start) => {
        const [now, then] = [buildSnapshot(start), buildSnapshot({ ...start, position: { epoch: 'e0', revision: 3 } })];
        for (const request of everyRequest) {
          const answer = decideAt(now, then, request, env());
          expect({ ...answer, ...now.position }).toEqual(decide(now, request, env()));
          if (answer.ok) expect(answer).toMatchObject(then.position);
        }
      }),
    );
  });

  it('never lets a version through that is held now, retired now, or has no instance now', () => {
    fc.assert(
      fc.property(source, history, (start, steps) => {
        const first = buildSnapshot(start);
        play(start, steps, (snapshot, oracle) => {
          for (const request of everyRequest) {
            const decision = decideAt(snapshot, first, request, env());
            if (!decision.ok) continue;
            const { instance, mirror, serviceName, tenantId, version } = decision;
            expect(oracle.holdOn(serviceName, version, tenantId)).toBeUndefined();
            const known = oracle.services.get(serviceName)!.versions.find((v) => v.version === version)!;
            expect(known.status).not.toBe('retired');
            expect(oracle.instances.get(serviceName)).toContainEqual(instance);
            if (mirror !== null) expect(oracle.holdOn(serviceName, mirror.version, tenantId)).toBeUndefined();
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same whether the earlier snapshot is of the same lineage or was loaded anew', () => {
    fc.assert(
      fc.property(source, history, (start, steps) => {
        const first = buildSnapshot(start);
        // In another order, so that the versions get other numbers.
        const services = [...start.services].map((s) => ({ ...s, versions: s.versions.toReversed() }));
        const loaded = buildSnapshot({ ...start, services });
        play(start, steps, (snapshot) => {
          for (const request of everyRequest) {
            const here = decideAt(snapshot, first, request, env());
            expect(decideAt(snapshot, loaded, request, env())).toEqual(here);
            expect(explainAt(snapshot, first, request, env()).decision).toEqual(here);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('falls back to the present where the position is not kept, and says so', () => {
    fc.assert(
      fc.property(source, (start) => {
        const snapshot = buildSnapshot(start);
        for (const request of everyRequest) {
          const answer = decideAt(snapshot, undefined, request, env());
          const plain = decide(snapshot, request, env());
          expect(answer).toEqual(plain.ok ? { ...plain, isRevisionMissed: true } : plain);
        }
      }),
    );
  });

  it('refuses a tenant that is suspended since', () => {
    const then = buildSnapshot({
      ...empty,
      tenants: [{ id: 't', status: 'active' }],
      services: [
        { id: 's', unknownTenant: 'reject', balancer: 'random', fallback: 'fail', defaults: [], versions: [] },
      ],
    });
    const delta = { epoch: 'e1', revision: 2, tenants: { upsert: [{ id: 't', status: 'suspended' as const }] } };
    const decision = decideAt(applyDelta(then, delta), then, { tenantId: 't', serviceName: 's' }, env());
    expect(decision).toMatchObject({ code: 'TENANT_INACTIVE', revision: 2 });
  });
});

describe('flags alone', { timeout: 60_000 }, () => {
  it('are those of the decision, with its version and reason, or its refusal', () => {
    fc.assert(
      fc.property(source, (start) => {
        const snapshot = buildSnapshot(start);
        for (const request of everyRequest) {
          const still = () => createDecisionEnv({ random: () => 0.4, now: () => 1_000 });
          const told = decideFlags(snapshot, request, still());
          const decision = decide(snapshot, request, still());
          if (!decision.ok) expect(told).toEqual(decision);
          else {
            const { epoch, reason, revision, serviceName, tenantId, version } = decision;
            const flags = decision.flags ?? {};
            expect(told).toEqual({ ok: true, tenantId, serviceName, version, reason, flags, epoch, revision });
          }
        }
      }),
    );
  });
});
