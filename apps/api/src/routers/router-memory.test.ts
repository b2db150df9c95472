import type { Position } from '@grey/contracts';
import type { KnownRouter, RouterReport } from '@grey/propagation';
import { expect, it } from 'vitest';
import { Fence } from '../tenant-schemas/fence.ts';
import type { NotedRouter, RememberedRouter } from './known-routers.store.ts';
import { RouterMemory, type SharedSight } from './router-memory.ts';

const at = (revision: number, epoch = 'e'): Position => ({ epoch, revision });
const strict = { isLeaseEnough: false, forgotten: [] };
const lenient = { isLeaseEnough: true, forgotten: [] };

function report(id: string, revision: number | null, more: Partial<RouterReport> = {}): RouterReport {
  const position = revision === null ? null : at(revision);
  const self = { id, kind: 'sdk', region: null, host: 'h', startedAt: 0, digest: null } as const;
  return { ...self, position, at: 1, leaseMs: 100, ...more };
}

/** A fence over what Redis and the database hold, whose time is set. */
function world({ hasRedis = true, position = at(9) as Position | undefined } = {}) {
  const state = {
    now: 0,
    own: report('own', 9, { kind: 'api' }),
    shared: { position, since: 'x', sinceMs: 1e9, routers: [] } as SharedSight | Error,
    kept: [] as RememberedRouter[],
    written: [] as NotedRouter[],
  };
  const memory = new RouterMemory({
    store: {
      list: async () => state.kept,
      remember: async (routers) => void state.written.push(...routers),
      prune: async () => undefined,
    },
    lookAround: hasRedis
      ? async () => {
          if (state.shared instanceof Error) throw state.shared;
          return state.shared;
        }
      : undefined,
    own: () => state.own,
    leaseMs: 100,
    now: () => state.now,
  });
  const say = (...routers: KnownRouter[]) => {
    state.shared = { position, since: 'x', sinceMs: 1e9, routers };
  };
  return { state, say, memory, fence: new Fence(memory) };
}
const alive = (report: RouterReport): KnownRouter => ({ report, isGone: false });
const gone = (report: RouterReport): KnownRouter => ({ report, isGone: true });
const kept = (report: RouterReport, isGone = false): RememberedRouter => ({
  report,
  isGone,
  ageMs: 0,
  forgottenAt: null,
});

it('is passed when every router says that it has applied the position, or a later one', async () => {
  const { fence, say } = world();
  say(alive(report('a', 9)), alive(report('b', 8)));
  expect(await fence.look(at(9), strict)).toEqual({
    isPassed: false,
    total: 3,
    applied: 2,
    lapsed: [],
    missing: ['b'],
  });
  say(alive(report('a', 9)), alive(report('b', 10)));
  expect(await fence.look(at(9), strict)).toMatchObject({ isPassed: true, applied: 3 });
  say(alive(report('a', null)), alive(report('b', 10)));
  expect(await fence.look(at(9), strict)).toMatchObject({ isPassed: false, missing: ['a'] });
  say(alive(report('a', 1, { position: at(1, 'f') })));
  expect(await fence.look(at(9), strict)).toMatchObject({ isPassed: true });
});

it('waits for this process itself, whatever else it says elsewhere', async () => {
  const { fence, state, say } = world();
  say(alive(report('own', 99)));
  state.own = report('own', 8);
  expect(await fence.look(at(9), lenient)).toMatchObject({ isPassed: false, total: 1, missing: ['own'] });
});

it('a lease counts twice its length after the last report, and only where it is enough', async () => {
  const { fence, state, say } = world();
  say(alive(report('a', 8)));
  expect(await fence.look(at(9), lenient)).toMatchObject({ isPassed: false });
  state.now = 199;
  expect(await fence.look(at(9), lenient)).toMatchObject({ isPassed: false, missing: ['a'] });
  state.now = 200;
  expect(await fence.look(at(9), strict)).toMatchObject({ isPassed: false, missing: ['a'], lapsed: [] });
  expect(await fence.look(at(9), lenient)).toMatchObject({ isPassed: true, missing: [], lapsed: ['a'], applied: 1 });
});

it('times silence by its own clock: what a router says of the time is of no account', async () => {
  const { fence, state, say } = world();
  say(alive(report('a', 8, { at: 9_000_000 })));
  await fence.look(at(9), lenient);
  state.now = 150;
  // Its clock was set back; it reports all the same.
  say(alive(report('a', 8, { at: 5 })));
  await fence.look(at(9), lenient);
  state.now = 300;
  expect(await fence.look(at(9), lenient)).toMatchObject({ isPassed: false, missing: ['a'] });
  state.now = 350;
  expect(await fence.look(at(9), lenient)).toMatchObject({ isPassed: true, lapsed: ['a'] });
});

it('a longer lease of a router’s own is waited for, and one that knows no leases is waited for without end', async () => {
  const { fence, state, say } = world();
  say(alive(report('a', 8, { leaseMs: 1_000 })), alive(report('b', 8, { leaseMs: 1 })));
  await fence.look(at(9), lenient);
  state.now = 1_999;
  expect(await fence.look(at(9), lenient)).toMatchObject({ missing: ['a'], lapsed: ['b'] });
  state.now = 2_000;
  expect(await fence.look(at(9), lenient)).toMatchObject({ isPassed: true, lapsed: ['a', 'b'] });
  const { leaseMs: _, ...old } = report('old', 8);
  say(alive(old));
  await fence.look(at(9), lenient);
  state.now = 1e9;
  expect(await fence.look(at(9), lenient)).toMatchObject({ isPassed: false, missing: ['old'] });
});

it('without its lease counting, a router is waited for until it takes marks for missing', async () => {
  const { fence, state, say } = world();
  const { lostMs: _, ...old } = report('old', 8);
  say(alive(report('a', 8, { lostMs: 1_000 })), alive(old));
  await fence.look(at(9), strict);
  state.now = 1_109;
  expect(await fence.look(at(9), strict)).toMatchObject({ missing: ['a', 'old'], lapsed: [] });
  state.now = 1_110;
  expect(await fence.look(at(9), strict)).toMatchObject({ missing: ['old'], lapsed: ['a'] });
  say(alive(report('a', 8, { lostMs: 1_000, at: 2 })), alive(old));
  expect(await fence.look(at(9), strict)).toMatchObject({ missing: ['a', 'old'] });
});

it('who said goodbye, and who was forgotten, is not waited for', async () => {
  const { fence, say } = world();
  say(gone(report('a', 1)), alive(report('b', 1)));
  expect(await fence.look(at(9), strict)).toMatchObject({ total: 2, missing: ['b'] });
  expect(await fence.look(at(9), { ...strict, forgotten: ['b'] })).toMatchObject({ isPassed: true, total: 1 });
});

it('whom somebody vouched for is not waited for until it reports again, and is silent all the while', async () => {
  const { fence, memory, state, say } = world();
  const forgotten = (at: number) => ({ ...kept(report('a', 8, { at })), forgottenAt: at });
  say(alive(report('a', 8)));
  state.kept = [kept(report('a', 8, { at: 0 }))];
  await fence.look(at(9), strict);
  state.now = 250;
  expect(await memory.listSilent()).toMatchObject({ routers: [{ silentMs: 250, isLapsed: true, isForgotten: false }] });
  state.kept = [forgotten(1)];
  expect(await fence.look(at(9), strict)).toMatchObject({ isPassed: true, total: 1 });
  state.now = 300;
  expect(await memory.listSilent()).toMatchObject({ routers: [{ silentMs: 300, isForgotten: true }] });
  say();
  expect(await fence.look(at(9), strict)).toMatchObject({ isPassed: true, total: 1 });
  say(alive(report('a', 8, { at: 2 })));
  expect(await fence.look(at(9), strict)).toMatchObject({ missing: ['a'] });
  expect(await memory.listSilent()).toEqual({ routers: [], unsure: [] });
});

it('an emptied Redis hides nobody', async () => {
  const { fence, state, say } = world();
  say();
  state.kept = [kept(report('a', 8)), kept(report('b', 8), true), kept(report('c', 9))];
  expect(await fence.look(at(9), strict)).toMatchObject({ total: 3, missing: ['a'] });
});

it('of what two places say the further counts, and a replica’s goodbye in either', async () => {
  const { fence, state, say } = world();
  const api = { kind: 'api' } as const;
  say(
    alive(report('a', 8)),
    alive(report('b', 9)),
    alive(report('c', 1, api)),
    alive(report('d', 8)),
    gone(report('e', 1, api)),
  );
  state.kept = [
    kept(report('a', 9)),
    kept(report('b', 8)),
    kept(report('c', 1, api), true),
    // Came back under its name; the note of its goodbye is old.
    kept(report('d', 8), true),
    kept(report('e', 1, api)),
  ];
  expect(await fence.look(at(9), strict)).toMatchObject({ total: 4, applied: 3, missing: ['d'] });
});

it('reports in the database alone keep a router from being taken for silent', async () => {
  const { fence, state } = world({ hasRedis: false });
  state.kept = [kept(report('a', 8, { kind: 'api' }))];
  await fence.look(at(9), lenient);
  state.now = 150;
  state.kept = [kept(report('a', 8, { kind: 'api', at: 2 }))];
  await fence.look(at(9), lenient);
  state.now = 349;
  expect(await fence.look(at(9), lenient)).toMatchObject({ isPassed: false, missing: ['a'] });
  state.now = 350;
  expect(await fence.look(at(9), lenient)).toMatchObject({ isPassed: true });
});

it.each([
  ['is away', new Error('away')],
  ['is empty', { position: undefined, since: '', sinceMs: 0, routers: [] }],
  ['remembers nobody', { position: at(9), since: '', sinceMs: 1e9, routers: [] }],
  ['was emptied a short time ago', { position: at(9), since: 'x', sinceMs: 199, routers: [] }],
  ['has not come so far', { position: at(8), since: 'x', sinceMs: 1e9, routers: [] }],
  ['is of an older epoch', { position: at(99, 'd'), since: 'x', sinceMs: 1e9, routers: [] }],
])('is not passed while Redis %s, as routers would begin there', async (_what, shared) => {
  const { fence, state } = world();
  state.shared = shared;
  const look = await fence.look(at(9), { isLeaseEnough: true, forgotten: ['redis'] });
  expect(look).toMatchObject({ isPassed: false, missing: ['redis'], total: 1, applied: 1 });
});

it('after Redis was emptied it waits as for a router that is silent, whatever the clock of Redis says', async () => {
  const { fence, state, say } = world();
  say();
  expect(await fence.look(at(9), strict)).toMatchObject({ isPassed: true });
  state.now = 1_000;
  state.shared = { position: at(9), since: 'y', sinceMs: 1e9, routers: [] };
  expect(await fence.look(at(9), strict)).toMatchObject({ isPassed: false, missing: ['redis'] });
  state.now = 1_199;
  expect(await fence.look(at(9), strict)).toMatchObject({ isPassed: false });
  state.now = 1_200;
  expect(await fence.look(at(9), strict)).toMatchObject({ isPassed: true });
});
