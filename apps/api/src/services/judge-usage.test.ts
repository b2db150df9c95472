import { expect, test } from 'vitest';
import { judgeUsage, type VersionUsage } from './judge-usage.ts';

const unused: VersionUsage = {
  serviceId: 'pay',
  version: 'v1',
  assigned: { count: 0, pinnedCount: 0, examples: [] },
  defaults: [{ version: 'v2', weight: 10_000 }],
  routing: { ruleSet: undefined, experiments: [], lanes: [], fallbackVersion: null, holds: [] },
  draft: undefined,
  holdsFrom: [],
  rollbacks: [],
  compatibility: [],
  others: ['v2'],
  flagCount: 0,
};
const judge = (part: Partial<VersionUsage>) => judgeUsage({ ...unused, ...part });
const rule = (id: string, further: object) => ({ id, name: id, priority: 0, isEnabled: false, ...further }) as never;

test('a version that nothing names has no references', () => {
  expect(judge({})).toEqual([]);
});

test('tenants, the default, rules in every part, the fallback and holds to it keep a version', () => {
  const found = judge({
    assigned: { count: 7, pinnedCount: 2, examples: ['a', 'b'] },
    defaults: [
      { version: 'v1', weight: 250 },
      { version: 'v2', weight: 9_750 },
    ],
    routing: {
      fallbackVersion: 'v1',
      ruleSet: {
        number: 1,
        normalizePath: false,
        rules: [
          rule('off', { target: { kind: 'version', version: 'v1' } }),
          rule('split', { target: { kind: 'split', split: { shares: [{ version: 'v1', weight: 0 }] } } }),
          rule('both', {
            target: { kind: 'version', version: 'v2' },
            fallback: { mode: 'version', version: 'v1' },
            mirror: { version: 'v1', share: 1 },
          }),
        ],
      },
      experiments: [],
      lanes: [{ tag: 'summer', mode: 'strict', versions: [{ serviceId: 'pay', version: 'v1' }] } as never],
      holds: [
        { id: 'h1', toVersion: 'v1' },
        { id: 'h2', toVersion: 'v2' },
      ],
    },
  });
  expect(found.every(({ isBlocking, mend }) => isBlocking && mend !== null)).toBe(true);
  expect(found.map(({ kind, id, as }) => [kind, id, as])).toEqual([
    ['assignments', null, null],
    ['default', null, null],
    ['fallback', null, null],
    ['rule', 'off', 'target'],
    ['rule', 'split', 'target'],
    ['rule', 'both', 'fallback'],
    ['rule', 'both', 'mirror'],
    ['lane', 'summer', 'target'],
    ['hold', 'h1', 'to'],
  ]);
  expect(found[0]?.detail).toBe('7 tenant(s) are assigned it, 2 of them pinned: a, b ….');
  expect(found[1]).toMatchObject({ count: 250, detail: 'It is 2.5 % of the default of pay.' });
});

test('what only remembers a version, or leads away from it, is told and keeps nobody', () => {
  const found = judge({
    draft: { rules: [rule('new', { target: { kind: 'split', shares: [{ version: 'v1', weight: 1 }] } })] },
    holdsFrom: [{ id: 'h1', toVersion: 'v2' }],
    rollbacks: [{ holdId: 'h1', count: 12 }],
    flagCount: 3,
  });
  expect(found.some(({ isBlocking }) => isBlocking)).toBe(false);
  expect(found.map(({ kind, id, as, count }) => [kind, id, as, count])).toEqual([
    ['rule_draft', 'new', 'target', null],
    ['hold', 'h1', 'from', null],
    ['rollback', 'h1', null, 12],
    ['flags', null, null, 3],
  ]);
});

test('of requirements those are told that name the version, or that nothing else would satisfy', () => {
  const entry = (version: string, range: string | string[]) => ({
    version,
    compatibleWith: null,
    breakingChanges: false,
    migrationRequired: false,
    requires: [{ serviceId: 'pay', range }],
  });
  const found = judgeUsage({
    ...unused,
    version: '1.2.0',
    others: ['2.0.0'],
    compatibility: [
      {
        serviceId: 'cart',
        versions: [
          entry('c1', '^1.0.0'),
          entry('c2', '>=1.0.0'),
          entry('c3', ['1.2.0', '2.0.0']),
          entry('c4', '^2.0.0'),
        ],
      },
      {
        serviceId: 'pay',
        versions: [
          { ...entry('1.2.0', '*'), requires: [], compatibleWith: ['2.0.0'] },
          { ...entry('1.1.0', '*'), requires: [], compatibleWith: ['1.2.0'] },
        ],
      },
    ],
  });
  expect(found.map(({ kind, serviceId, id }) => [kind, serviceId, id])).toEqual([
    ['requirement', 'cart', 'c1'],
    ['requirement', 'cart', 'c3'],
    ['compatibility', 'pay', '1.2.0'],
    ['compatibility', 'pay', '1.1.0'],
  ]);
  expect(found[0]?.mend).toContain('cart c1');
  expect(found[1]?.mend).toBeNull();
});
