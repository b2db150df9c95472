import { compileVersionRange } from '@grey/route-core';
import { expect, test } from 'vitest';
import type { Compatibility, UpgradeStep } from '../../api/generated/model/index.ts';
import { lineOf, offsetsOf } from './fault-place.ts';
import { reasonOf } from './step-reason.ts';
import { readUpgradeQuestion, requestOf, targetsOf, wordTargets } from './upgrade-question.ts';
import { wayFor } from './way-for.ts';

const step = (serviceId: string, fromVersion: string, toVersion: string): UpgradeStep => ({
  serviceId,
  fromVersion,
  toVersion,
  breakingChanges: false,
  migrationRequired: false,
});
const fits = (range: string, label: string) => compileVersionRange(range)(label);
const matrix: Compatibility[] = [
  {
    serviceId: 'shop',
    versions: [
      {
        version: '2.0',
        compatibleWith: null,
        breakingChanges: false,
        migrationRequired: false,
        requires: [{ serviceId: 'pay', range: '>=2' }],
      },
    ],
    updatedAt: null,
    etag: '"1"',
  },
];

test('a step is asked for, needed by a later one, or on the way', () => {
  const steps = [step('pay', '1.0', '1.5'), step('pay', '1.5', '2.0'), step('shop', '1.0', '2.0')];
  const targets = [{ serviceId: 'shop', version: '2.0' }];
  const reasons = steps.map((_, index) => reasonOf(steps, index, targets, matrix, fits));
  expect(reasons).toEqual([
    { kind: 'onTheWay', version: '2.0', at: 1 },
    { kind: 'needed', serviceId: 'shop', version: '2.0', range: '>=2', at: 2 },
    { kind: 'asked' },
  ]);
});

test('what nobody needs has no reason of its own', () => {
  const steps = [step('pay', '2.0', '2.1'), step('shop', '1.0', '2.0')];
  expect(reasonOf(steps, 0, [], matrix, fits)).toEqual({ kind: 'other' });
});

test('the address keeps the question, and what is missing is no question', () => {
  const to = wordTargets([{ serviceId: 'shop', version: '2.0+b1' }]);
  expect(targetsOf(to)).toEqual([{ serviceId: 'shop', version: '2.0+b1' }]);
  expect(readUpgradeQuestion({ by: 'some', tenants: 12, to, tag: '' })).toEqual({ tenants: '12', to });
  expect(requestOf({ to })).toBeUndefined();
  expect(requestOf({ by: 'tag', to })).toBeUndefined();
  expect(requestOf({ by: 'all', to: 'shop@' })).toBeUndefined();
  expect(requestOf({ tenants: 'a, b\na', to })).toMatchObject({
    selection: { kind: 'tenants', tenantIds: ['a', 'b'] },
  });
});

test('what a plan refused as incompatible is asked of the solver', () => {
  const refusal = (tenantId: string, code: 'INCOMPATIBLE' | 'FROZEN') =>
    ({ tenantId, serviceId: 'shop', code, message: '' }) as const;
  const refusals = [refusal('a', 'INCOMPATIBLE'), refusal('b', 'FROZEN'), refusal('a', 'INCOMPATIBLE')];
  const cell = (tenantId: string, targetVersion: string | null) => ({ tenantId, serviceId: 'shop', targetVersion });
  const asked = { tenants: 'a', to: 'shop@2.0' };
  expect(wayFor(refusals, { cells: [cell('b', '3.0'), cell('a', '2.0')] })).toEqual(asked);
  const targets = [{ serviceId: 'shop', targetVersion: '2.0' }];
  expect(wayFor(refusals, { selection: { kind: 'all' }, targets })).toEqual(asked);
  expect(wayFor(refusals, { cells: [cell('a', null)] })).toBeUndefined();
  expect(wayFor(refusals.slice(1, 2), { cells: [cell('b', '2.0')] })).toBeUndefined();
});

test('the place of a fault is found in the text', () => {
  expect(lineOf('line 3: is no range')).toBe(3);
  expect(lineOf('is no YAML: Map keys must be unique at line 2, column 1:')).toBe(2);
  expect(lineOf('has no map')).toBeUndefined();
  expect(offsetsOf('ab\ncde\nf', 2)).toEqual([3, 6]);
  expect(offsetsOf('ab', 9)).toEqual([2, 2]);
});
