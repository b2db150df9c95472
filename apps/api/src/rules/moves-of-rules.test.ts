import type { Condition, RuleRecord, RuleSetRecord } from '@grey/route-core';
import { expect, test } from 'vitest';
import { movesOfRules } from './moves-of-rules.ts';

const rule = (id: string, version: string, when?: Condition, more: Partial<RuleRecord> = {}): RuleRecord => ({
  id,
  name: id,
  priority: 0,
  isEnabled: true,
  target: { kind: 'version', version },
  ...(when === undefined ? {} : { when }),
  ...more,
});
const set = (...rules: RuleRecord[]): RuleSetRecord => ({ number: 1, normalizePath: false, rules });
const tenant = (value: string): Condition => ({ op: 'equals', operand: { from: 'tenant' }, value });
const header: Condition = { op: 'exists', operand: { from: 'header', name: 'x' } };
const shown = (live: RuleSetRecord | undefined, next: RuleSetRecord) =>
  movesOfRules('pay', live, next).map(({ tenantId, toVersion }) => [tenantId, toVersion]);

test('a rule may move everybody, unless only certain tenants can meet it', () => {
  expect(shown(undefined, set(rule('a', 'v2', header)))).toEqual([[null, 'v2']]);
  expect(shown(undefined, set(rule('a', 'v2', { op: 'all', of: [header, tenant('acme')] })))).toEqual([['acme', 'v2']]);
  expect(shown(undefined, set(rule('a', 'v2', { op: 'any', of: [tenant('acme'), tenant('beta')] })))).toEqual([
    ['acme', 'v2'],
    ['beta', 'v2'],
  ]);
  expect(shown(undefined, set(rule('a', 'v2', { op: 'any', of: [tenant('acme'), header] })))).toEqual([[null, 'v2']]);
  expect(shown(undefined, set(rule('a', 'v2', { op: 'not', of: tenant('acme') })))).toEqual([[null, 'v2']]);
});

test('a rule that was live moves nobody anew; one that reaches further does', () => {
  expect(shown(set(rule('a', 'v2', header)), set(rule('b', 'v2', header, { priority: 9 })))).toEqual([]);
  expect(shown(set(rule('a', 'v2', header)), set(rule('a', 'v2')))).toEqual([[null, 'v2']]);
});

test('a rule that is off moves nobody, nor does a share of nothing', () => {
  expect(shown(undefined, set(rule('a', 'v2', undefined, { isEnabled: false })))).toEqual([]);
  const split: RuleRecord['target'] = {
    kind: 'split',
    split: {
      unit: { by: 'user' },
      whenMissing: 'skip',
      salt: 's',
      shares: [
        { version: 'v1', weight: 10_000, ranges: [[0, 10_000]] },
        { version: 'v2', weight: 0, ranges: [] },
      ],
    },
  };
  expect(shown(undefined, set(rule('a', 'x', undefined, { target: split })))).toEqual([[null, 'v1']]);
});

test('the version that a rule falls back to is entered from what they have and from its target', () => {
  const moves = (live: RuleSetRecord | undefined, next: RuleSetRecord) =>
    movesOfRules('pay', live, next).map(({ tenantId, fromVersion, toVersion }) => [tenantId, fromVersion, toVersion]);
  const plain = rule('a', 'v2', tenant('acme'));
  const falling = { ...plain, fallback: { mode: 'version', version: 'v1' } } as const;
  expect(moves(undefined, set(falling))).toEqual([
    ['acme', null, 'v2'],
    ['acme', null, 'v1'],
    ['acme', 'v2', 'v1'],
  ]);
  expect(moves(set(plain), set(falling))).toEqual([
    ['acme', null, 'v1'],
    ['acme', 'v2', 'v1'],
  ]);
  expect(moves(set(falling), set({ ...falling, name: 'renamed' }))).toEqual([]);
  expect(moves(set(falling), set(plain))).toEqual([]);
  const elsewhere = { ...plain, fallback: { mode: 'nearest', version: 'v1' } } as const;
  expect(moves(set(plain), set(elsewhere))).toEqual([]);
});

test('who leaves a rule moves: when it goes, is turned off, or others come before it', () => {
  const [a, b] = [rule('a', 'v1', tenant('acme')), rule('b', 'v2', header)];
  expect(shown(set(a, b), set(b))).toEqual([['acme', null]]);
  expect(shown(set(a, b), set(a, { ...b, isEnabled: false }))).toEqual([[null, null]]);
  expect(shown(set(a, b), set(b, a))).toEqual([
    [null, null],
    ['acme', null],
  ]);
  expect(shown(set(a, b), set({ ...a, name: 'another', id: 'c' }, b))).toEqual([]);
  const path = { kind: 'prefix', value: '/x' } as never;
  expect(shown(set({ ...b, path }), { ...set({ ...b, path }), normalizePath: true })).toEqual([[null, null]]);
});

test('a rule that leads into a lane moves its service, and those of the lane', () => {
  const lane = rule('a', '', tenant('acme'), { target: { kind: 'lane', tag: 'summer' } });
  const moves = movesOfRules('pay', undefined, set(lane), () => ['shop']);
  expect(moves.map(({ serviceId, tenantId, toVersion }) => [serviceId, tenantId, toVersion])).toEqual([
    ['pay', 'acme', null],
    ['shop', 'acme', null],
  ]);
});
