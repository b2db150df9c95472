import { expect, test } from 'vitest';
import type { Router } from '../../api/generated/model/index.ts';
import { factsOf } from './router-facts.ts';

const at = '2026-11-21T12:00:00.000Z';
const router = (id: string, over: Partial<Router> = {}): Router => ({
  id,
  kind: 'api',
  host: 'host',
  region: null,
  startedAt: at,
  reportedAt: at,
  position: { epoch: 'e', revision: 7 },
  digest: 'same',
  behind: 0,
  lagMs: 4,
  isOwn: false,
  ...over,
});
const statesOf = (...items: Router[]) =>
  Object.fromEntries(factsOf({ items }).rows.map(({ id, state }) => [id, state]));

test('a router that has the furthest position is current, one that lacks revisions is behind', () => {
  const behind = router('b', { position: { epoch: 'e', revision: 4 }, behind: 3, digest: 'older' });
  expect(statesOf(router('a'), behind)).toEqual({ a: 'current', b: 'behind' });
  expect(factsOf({ items: [router('a'), behind] })).toMatchObject({ effectiveCount: 1, differingCount: 0 });
});

test('a router of a replaced log, and one without a snapshot, are told apart', () => {
  const replaced = router('b', { position: { epoch: 'd', revision: 9 }, behind: null });
  expect(statesOf(router('a'), replaced, router('c', { position: null, digest: null, behind: null }))).toEqual({
    a: 'current',
    b: 'other_epoch',
    c: 'no_snapshot',
  });
});

test('of routers at one position, the one with another configuration is the odd one and not effective', () => {
  const items = [router('a'), router('b', { digest: 'other' }), router('c')];
  expect(statesOf(...items)).toEqual({ a: 'current', b: 'differs', c: 'current' });
  expect(factsOf({ items })).toMatchObject({ effectiveCount: 2, differingCount: 1 });
});

test('where two disagree, neither is called right', () => {
  const items = [router('a'), router('b', { digest: 'other' })];
  expect(statesOf(...items)).toEqual({ a: 'differs', b: 'differs' });
  expect(factsOf({ items }).effectiveCount).toBe(0);
});

test('a late router that disagrees with another late one is odd too', () => {
  const late = { position: { epoch: 'e', revision: 5 }, behind: 2 };
  const items = ['b', 'c', 'd'].map((id) => router(id, { ...late, digest: id === 'd' ? 'x' : 'y' }));
  expect(statesOf(router('a'), ...items)).toEqual({ a: 'current', b: 'behind', c: 'behind', d: 'differs' });
});

test('rows keep their place whatever order the API answers in', () => {
  const items = [router('b'), router('z', { kind: 'gateway' }), router('a', { host: 'later' }), router('a1')];
  const ids = (list: Router[]) => factsOf({ items: list }).rows.map(({ id }) => id);
  expect(ids(items)).toEqual(['a1', 'b', 'a', 'z']);
  expect(ids(items.toReversed())).toEqual(['a1', 'b', 'a', 'z']);
});
