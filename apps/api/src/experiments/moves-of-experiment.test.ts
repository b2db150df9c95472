import { expect, test } from 'vitest';
import { movesOfExperiment } from './moves-of-experiment.ts';

const variant = (version: string, weight: number) => ({ name: version, version, weight });
const experiment = (isRunning: boolean, when: unknown = null) => ({
  isRunning,
  variants: [variant('v1', 10_000), variant('v2', 0), variant('v3', 0)],
  when,
  group: null,
  startAt: null,
  endAt: null,
});
type Split = ReturnType<typeof experiment>;
const shown = (...args: [Split | undefined, (Omit<Split, 'endAt'> & { endAt: string | null }) | undefined]) =>
  movesOfExperiment('pay', ...args).map(({ tenantId, toVersion }) => [tenantId, toVersion]);
const acme = { op: 'equals', operand: { from: 'tenant' }, value: 'acme' };

test('moves everybody, or the tenants that its condition names, to the variants that have weight', () => {
  expect(shown(undefined, experiment(true))).toEqual([[null, 'v1']]);
  expect(shown(undefined, experiment(true, acme))).toEqual([['acme', 'v1']]);
});

test('who leaves a variant moves: when it stops, is deleted, names others or ends at another time', () => {
  expect(shown(experiment(true), experiment(false))).toEqual([[null, null]]);
  expect(shown(experiment(true, acme), undefined)).toEqual([['acme', null]]);
  expect(shown(experiment(true), experiment(true, acme))).toEqual([
    ['acme', 'v1'],
    [null, null],
  ]);
  expect(shown(experiment(true), { ...experiment(true), endAt: '2026-12-01T00:00:00.000Z' })).toEqual([[null, null]]);
  expect(shown(experiment(false), undefined)).toEqual([]);
});

test('moves nobody while it is stopped, nor when it goes on as it was', () => {
  expect(shown(undefined, experiment(false))).toEqual([]);
  expect(shown(experiment(true), experiment(true))).toEqual([]);
  expect(shown(experiment(false), experiment(true))).toEqual([[null, 'v1']]);
  expect(shown(experiment(true, acme), experiment(true))).toEqual([[null, 'v1']]);
});
