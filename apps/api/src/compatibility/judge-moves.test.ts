import type { VersionCompatibility } from '@grey/contracts';
import { describe, expect, test } from 'vitest';
import type { DirectedMove } from '../guards/version-guard.ts';
import { CompatibilityMatrix } from './compatibility-matrix.ts';
import type { GuardedState } from './guarded-state.ts';
import { judgeRequirements } from './judge-requirements.ts';
import { judgeTransitions } from './judge-transitions.ts';

type Said = Partial<VersionCompatibility> & { version: string };
const matrixOf = (services: Record<string, Said[]>) =>
  new CompatibilityMatrix(
    Object.entries(services).map(([serviceId, versions]) => ({
      serviceId,
      versions: versions.map((one) => ({
        compatibleWith: null,
        breakingChanges: false,
        migrationRequired: false,
        requires: [],
        ...one,
      })),
    })),
  );
const stateOf = (matrix: CompatibilityMatrix, more: Partial<GuardedState> = {}): GuardedState => ({
  matrix,
  defaults: new Map(),
  labels: new Map(),
  assigned: new Map(),
  tenants: new Map(),
  everybody: [],
  ...more,
});
const move = (
  tenantId: string | null,
  serviceId: string,
  fromVersion: string | null,
  toVersion: string,
): DirectedMove => ({ tenantId, serviceId, fromVersion, toVersion });

describe('between two versions of a service', () => {
  const matrix = matrixOf({
    user: [
      { version: 'v1.0', compatibleWith: ['v1.0', 'v1.1'] },
      { version: 'v1.1', compatibleWith: ['v1.0', 'v1.1', 'v2.0'] },
      { version: 'v2.0', compatibleWith: ['v2.0'], breakingChanges: true },
    ],
  });
  const labels = new Map([['user', ['v0.9', 'v1.0', 'v1.1', 'v2.0']]]);
  const judge = (one: DirectedMove, more: Partial<GuardedState> = {}) =>
    judgeTransitions([one], stateOf(matrix, { labels, ...more })).map(({ detail, mend }) => [detail, mend]);

  test('the version that is left lists the one that is entered', () => {
    expect(judge(move('acme', 'user', 'v1.0', 'v1.1'))).toEqual([]);
    expect(judge(move('acme', 'user', 'v1.1', 'v2.0'))).toEqual([]);
    expect(judge(move('acme', 'user', 'v1.0', 'v2.0'))).toEqual([
      ['user v1.0 does not list v2.0 as compatible.', 'Go by way of v1.1.'],
    ]);
  });

  test('that the other side lists it is not enough: there is no way back', () => {
    expect(judge(move('acme', 'user', 'v2.0', 'v1.1'))).toEqual([
      [
        'user v2.0 does not list v1.1 as compatible.',
        'No way leads from v2.0 to v1.1: let compatible_with of v2.0 list v1.1 if they do fit.',
      ],
    ]);
  });

  test('a version of which nothing is said may be left for any but one with breaking changes', () => {
    expect(judge(move('acme', 'user', 'v0.9', 'v1.0'))).toEqual([]);
    expect(judge(move('acme', 'user', 'v0.9', 'v2.0'))).toEqual([
      ['user v2.0 has breaking changes, and v0.9 does not list it as compatible.', 'Go by way of v1.1.'],
    ]);
    expect(judge(move('acme', 'other', 'v1', 'v2'))).toEqual([]);
  });

  test('a tenant without an assignment comes from the default, each version of it; with none from nowhere', () => {
    const defaults = new Map([['user', ['v1.0', 'v1.1']]]);
    expect(judge(move('acme', 'user', null, 'v2.0'), { defaults })).toHaveLength(1);
    expect(judge(move('acme', 'user', null, 'v2.0'))).toEqual([]);
  });

  test('a tenant that a rule reaches comes from what it is assigned', () => {
    const tenants = new Map([['acme', new Map([['user', 'v1.0']])]]);
    expect(judge(move('acme', 'user', null, 'v2.0'), { tenants })).toHaveLength(1);
  });

  test('everybody comes from whatever tenants have, and is counted', () => {
    const assigned = new Map([['user', new Map(Object.entries({ 'v1.0': 7, 'v1.1': 2 }))]]);
    expect(judge(move(null, 'user', null, 'v2.0'), { assigned })).toEqual([
      ['user v1.0 does not list v2.0 as compatible. 7 tenant(s) are assigned v1.0.', 'Go by way of v1.1.'],
    ]);
    const first: DirectedMove = { ...move(null, 'user', null, 'v2.0'), isDefault: true };
    expect(judge(first, { assigned })).toEqual([]);
  });
});

describe('between services', () => {
  const matrix = matrixOf({
    shop: [{ version: '2.0', requires: [{ serviceId: 'pay', range: '>=2' }] }],
    stock: [{ version: '3', requires: [{ serviceId: 'pay', range: ['1.0', '1.1'] }] }],
  });
  const labels = new Map([
    ['shop', ['1.0', '2.0']],
    ['pay', ['1.0', '1.1', '2.0', 'v2.1']],
    ['stock', ['3']],
  ]);
  const acme = (cells: Record<string, string>) => new Map([['acme', new Map(Object.entries(cells))]]);
  const judge = (moves: DirectedMove[], more: Partial<GuardedState> = {}) =>
    judgeRequirements(moves, stateOf(matrix, { labels, ...more }));

  test('what a version needs must be there, or come in the same change', () => {
    const moves = [move('acme', 'shop', '1.0', '2.0')];
    expect(judge(moves, { tenants: acme({ pay: '1.0' }) })).toEqual([
      {
        code: 'INCOMPATIBLE',
        tenantId: 'acme',
        serviceId: 'shop',
        detail: 'shop 2.0 needs pay >=2, not 1.0.',
        mend: 'Move pay to v2.1 or 2.0, before or in the same change; or choose shop 1.0.',
        isOverridable: true,
      },
    ]);
    expect(judge(moves, { tenants: acme({ pay: 'v2.1' }) })).toEqual([]);
    const both = [...moves, move('acme', 'pay', '1.0', '2.0')];
    expect(judge(both, { tenants: acme({ pay: '1.0' }) })).toEqual([]);
  });

  test('what others need of a version counts as well', () => {
    const tenants = acme({ shop: '2.0', pay: '2.0', stock: '2' });
    expect(judge([move('acme', 'pay', '2.0', '1.1')], { tenants })).toMatchObject([
      { serviceId: 'pay', detail: 'shop 2.0 needs pay >=2, not 1.1.' },
    ]);
  });

  test('a service that the tenant does not use binds nobody, one it has by default does', () => {
    const moves = [move('acme', 'shop', '1.0', '2.0')];
    expect(judge(moves)).toEqual([]);
    expect(judge(moves, { defaults: new Map([['pay', ['2.0', '1.0']]]) })).toHaveLength(1);
    expect(judge(moves, { defaults: new Map([['pay', ['1.0']]]), tenants: acme({ pay: '2.0' }) })).toEqual([]);
  });

  test('what does not fit elsewhere keeps nobody where they are', () => {
    const tenants = acme({ shop: '2.0', pay: '1.0', stock: '2' });
    expect(judge([move('acme', 'stock', '2', '3')], { tenants })).toEqual([]);
  });

  test('everybody is judged by groups of equal tenants, with one objection for each pair', () => {
    const group = (cells: Record<string, string>, tenantCount: number, ...examples: string[]) => ({
      versions: new Map(Object.entries(cells)),
      tenantCount,
      examples,
    });
    const everybody = [
      group({ pay: '1.0' }, 4, 'a', 'b', 'c'),
      group({ pay: '1.0', stock: '2' }, 1, 'd'),
      group({ pay: '1.0', shop: '1.0' }, 5, 'e'),
      group({ pay: '2.0' }, 9, 'f'),
    ];
    const byDefault: DirectedMove = { ...move(null, 'shop', '1.0', '2.0'), isDefault: true };
    expect(judge([byDefault], { everybody })).toMatchObject([
      { tenantId: null, detail: 'shop 2.0 needs pay >=2, not 1.0; 5 tenant(s) have pay 1.0 (a, b, c, …).' },
    ]);
    expect(judge([move(null, 'shop', null, '2.0')], { everybody })).toMatchObject([
      { detail: 'shop 2.0 needs pay >=2, not 1.0; 10 tenant(s) have pay 1.0 (a, b, c, …).' },
    ]);
  });

  test('the versions of a lane are judged with each other, whatever tenants have', () => {
    const everybody = [{ versions: new Map([['pay', '1.0']]), tenantCount: 4, examples: ['a'] }];
    const lane = (pay: string) => [move(null, 'shop', null, '2.0'), move(null, 'pay', null, pay)];
    expect(judge(lane('2.0'), { everybody })).toEqual([]);
    expect(judge(lane('1.1'), { everybody }).map((one) => [one.serviceId, one.detail])).toEqual([
      ['shop', 'shop 2.0 needs pay >=2, not 1.1.'],
      ['pay', 'shop 2.0 needs pay >=2, not 1.1.'],
    ]);
  });
});
