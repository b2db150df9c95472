import { monitorEventLoopDelay } from 'node:perf_hooks';
import { runInSteps } from '@grey/propagation';
import {
  applyDelta,
  buildSnapshot,
  buildSnapshotInSteps,
  createDecisionEnv,
  type DecisionRequest,
  decide,
  decodeSnapshotInSteps,
  encodeSnapshot,
  type Snapshot,
  simulate,
} from '@grey/route-core';
import { type Figure, median } from './figure.ts';
import { printFigures } from './print-figures.ts';
import { makeRequest, makeRuleSet, makeRuleWorld } from './rule-world.ts';
import { makeWorld, serviceId, tenantId } from './world.ts';

/**
 * What changes cost a router that holds a million assignments: one assignment by a delta; all of it loaded anew from an
 * image (as from Redis or file) or from records (as from PostgreSQL), where the longest pause counts; and a million
 * simulated decisions of a draft against what is live.
 */
const snapshot = buildSnapshot(makeWorld(1));
const { epoch, revision } = snapshot.position;

function timeDelta(i: number): number {
  const assignment = { tenantId: tenantId(i), serviceId: serviceId(i % 100), version: '2.0.0', isPinned: false };
  const startedAt = performance.now();
  const next = applyDelta(snapshot, { epoch, revision: revision + 1, assignments: { upsert: [assignment] } });
  const elapsed = performance.now() - startedAt;
  const request: DecisionRequest = { tenantId: assignment.tenantId, serviceName: assignment.serviceId };
  const decision = decide(next, request, createDecisionEnv());
  if (!decision.ok || decision.version !== '2.0.0') throw new Error('the delta had no effect');
  return elapsed;
}

const deltas = Array.from({ length: 5 }, () => {
  const times = Array.from({ length: 1000 }, (_, i) => timeDelta(i)).sort((x, y) => x - y);
  return times[990]!;
});

const SIMULATED = 1_000_000;
const before = buildSnapshot(makeRuleWorld('tree'));
const service = [...makeRuleWorld('tree').services].find((one) => one.id === serviceId(42))!;
const draft = { ...makeRuleSet('tree'), number: 2, rules: makeRuleSet('tree').rules.slice(1) };
const after = applyDelta(before, {
  epoch: before.position.epoch,
  revision: before.position.revision + 1,
  services: { upsert: [{ ...service, ruleSet: draft }] },
});
function* requests() {
  for (let i = 0; i < SIMULATED; i++) yield { request: makeRequest(i), at: 1_790_000_000_000 };
}
const startedAt = performance.now();
const result = simulate(before, after, requests(), { seed: 1 });
const simulated = (performance.now() - startedAt) / 1000;
if (result.total !== SIMULATED || result.changed === 0) throw new Error('the simulation did not see the draft');

/** The longest time in which nobody else had a turn while a whole snapshot was made, in milliseconds. */
async function timePause(makeSteps: () => Generator<void, Snapshot>): Promise<number> {
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  const next = await runInSteps(makeSteps());
  monitor.disable();
  if (next.digest !== snapshot.digest) throw new Error('the new snapshot is another');
  return monitor.max / 1e6;
}

const image = encodeSnapshot(snapshot);
const swaps: number[] = [];
const builds: number[] = [];
for (let round = 0; round <= 5; round++) {
  const swap = await timePause(() => decodeSnapshotInSteps(image));
  const build = await timePause(() => buildSnapshotInSteps(makeWorld(1)));
  // The first is not counted: the code is not compiled yet.
  if (round === 0) continue;
  swaps.push(swap);
  builds.push(build);
}

const figures: Figure[] = [
  {
    name: 'delta of one assignment among a million, p99',
    value: median(deltas),
    unit: 'ms',
    ratio: null,
    budget: { of: 'value', bound: 'at most', limit: 1 },
  },
  {
    name: 'longest pause while a million are loaded from an image',
    value: median(swaps),
    unit: 'ms',
    ratio: null,
    budget: { of: 'value', bound: 'at most', limit: 20 },
  },
  {
    name: 'longest pause while a million are built from records',
    value: median(builds),
    unit: 'ms',
    ratio: null,
    budget: { of: 'value', bound: 'at most', limit: 20 },
  },
  {
    name: 'a million decisions simulated, draft against live',
    value: simulated,
    unit: 's',
    ratio: null,
    budget: { of: 'value', bound: 'at most', limit: 30 },
  },
];
printFigures(figures);
