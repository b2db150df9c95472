import { expect, test } from 'vitest';
import type { Transaction } from '../infra/db/database.ts';
import type { AskedFor } from '../upgrades/upgrades.ts';
import { BatchRollbacks } from './batch-rollback.service.ts';
import type { BatchRow, WaveRow } from './batch-row.ts';
import { wavesToTakeBack } from './waves-to-take-back.ts';

type Parts = ConstructorParameters<typeof BatchRollbacks>;
const noTransaction = undefined as unknown as Transaction;

/** Upgrades of one wave; `ends` happens while the lock of those under way is waited for. */
class WaveOfUpgrades {
  readonly states: Map<string, string>;
  readonly #ends: readonly string[];

  constructor(states: Record<string, string>, ends: readonly string[]) {
    this.states = new Map(Object.entries(states));
    this.#ends = ends;
  }

  async idsOf(_tx: Transaction, _batchId: string, { states }: { states?: readonly string[] }) {
    return [...this.states].filter(([, state]) => states?.includes(state)).map(([id]) => id);
  }

  async requestAbort(_tx: Transaction, ids: readonly string[]): Promise<AskedFor> {
    for (const id of this.#ends) this.states.set(id, 'done');
    return this.#turn(ids, (state) => state !== 'done');
  }

  async takeBack(_tx: Transaction, ids: readonly string[]): Promise<AskedFor> {
    return this.#turn(ids, (state) => state === 'done');
  }

  #turn(ids: readonly string[], isGranted: (state: string) => boolean): AskedFor {
    const granted = ids.filter((id) => isGranted(this.states.get(id) ?? ''));
    for (const id of granted) this.states.set(id, 'aborting');
    return { granted, refused: ids.filter((id) => !granted.includes(id)) };
  }
}

test('a wave goes back as one, also with a member that ends while that is decided', async () => {
  const upgrades = new WaveOfUpgrades({ a: 'running', b: 'done', c: 'queued', d: 'aborting', e: 'failed' }, ['a']);
  const store = { setWaves: async () => undefined, update: async (_: Transaction, __: string, patch: object) => patch };
  const rollbacks = new BatchRollbacks(store as unknown as Parts[0], upgrades as unknown as Parts[1]);
  const by = { kind: 'user', id: 'u', name: 'Una' } as const;
  await rollbacks.begin(noTransaction, { id: 'x', rollback: null } as BatchRow, [1], { by, reason: 'broken' });
  expect(Object.fromEntries(upgrades.states)).toEqual({
    ...{ a: 'aborting', b: 'aborting', c: 'aborting', d: 'aborting' },
    e: 'failed',
  });
});

test('those on their way back already end as what they are', async () => {
  const asked: string[] = [];
  const upgrades = new WaveOfUpgrades({ a: 'aborting', b: 'running' }, []);
  const watched = {
    idsOf: upgrades.idsOf.bind(upgrades),
    takeBack: upgrades.takeBack.bind(upgrades),
    requestAbort: async (_: Transaction, ids: readonly string[]) => {
      asked.push(...ids);
      return { granted: ids, refused: [] };
    },
  };
  const store = { setWaves: async () => undefined, update: async () => undefined };
  const rollbacks = new BatchRollbacks(store as unknown as Parts[0], watched as unknown as Parts[1]);
  const by = { kind: 'user', id: 'u', name: 'Una' } as const;
  await rollbacks.begin(noTransaction, { id: 'x', rollback: null } as BatchRow, [1], { by, reason: 'broken' });
  expect(asked).toEqual(['b']);
});

const begunAt = new Date(0);
const waves = (...states: WaveRow['state'][]) =>
  states.map((state, at) => ({ number: at + 1, state, startedAt: state === 'pending' ? null : begunAt }));

test.each<[string, ReturnType<typeof wavesToTakeBack>, ReturnType<typeof wavesToTakeBack>]>([
  ['the wave under way', wavesToTakeBack(waves('done', 'running', 'pending'), 'current'), [2]],
  ['the last that was', wavesToTakeBack(waves('done', 'done'), 'current'), [2]],
  ['all', wavesToTakeBack(waves('done', 'soaking', 'pending'), 'all'), [1, 2]],
  ['one that an emergency stopped midway', wavesToTakeBack(waves('done', 'stopped'), 'current'), [2]],
  ['those before one that is back', wavesToTakeBack(waves('done', 'rolled_back'), 'all'), [1]],
  ['none before the first', wavesToTakeBack(waves('pending'), 'all'), 'No wave has begun that could go back.'],
])('takes back %s', (_, numbers, expected) => {
  expect(numbers).toEqual(expected);
});

test('never takes the wave before the one that is meant, when that goes back by itself just then', () => {
  expect(wavesToTakeBack(waves('done', 'rolling_back'), 'current')).toContain('Wave 2 goes back already');
  expect(wavesToTakeBack(waves('rolling_back'), 'all')).toContain('go back already');
  const neverBegun = { number: 3, state: 'stopped', startedAt: null } as const;
  expect(wavesToTakeBack([...waves('done', 'rolled_back'), neverBegun], 'all')).toEqual([1]);
});
