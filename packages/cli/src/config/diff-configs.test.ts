import { describe, expect, test } from 'vitest';
import { paintOf } from '../terminal/paint.ts';
import { canonicalConfig } from './canonical-config.ts';
import { compareValues } from './compare-values.ts';
import type { Config } from './config.schema.ts';
import { diffConfigs } from './diff-configs.ts';
import { formatDiff } from './format-diff.ts';

const rule = (id: string, priority = 0) => ({ id, name: id, priority, target: { kind: 'version', version: 'v1' } });
const configOf = (parts: object): Config => canonicalConfig({ format: 'grey/1', ...parts });
const serviceOf = (fields: object) => configOf({ services: [{ id: 'orders', ...fields }] });
const diff = (live: Config, file: Config) =>
  diffConfigs(live, file).map(({ kind, names, action }) => [action, kind, ...names].join(' '));

describe('values', () => {
  test('in named lists are held together by their name, and a new order is told as such', () => {
    expect(compareValues([rule('a'), rule('b')], [rule('b', 5), rule('a')], 'rules')).toEqual([
      { path: 'rules[b].priority', live: 0, file: 5 },
      { path: 'rules (order)', live: ['a', 'b'], file: ['b', 'a'] },
    ]);
  });

  test('in lists where a name comes twice are compared whole', () => {
    const twice = [{ name: 'a' }, { name: 'a' }];
    expect(compareValues(twice, [{ name: 'a' }], 'x')).toEqual([{ path: 'x', live: twice, file: [{ name: 'a' }] }]);
  });
});

describe('a file', () => {
  test('says nothing of the parts and fields that it leaves out', () => {
    const live = configOf({
      services: [{ id: 'orders', name: 'Orders', versions: [{ version: 'v1' }], rules: { rules: [rule('a')] } }],
      lanes: [{ tag: 'summer', versions: [] }],
      assignments: { acorn: { orders: 'v1' } },
    });
    expect(diffConfigs(live, configOf({}))).toEqual([]);
    expect(diffConfigs(live, serviceOf({ name: 'Orders' }))).toEqual([]);
  });

  test('that empties rules, flags or a cell asks for that; what it does not list is only live', () => {
    const live = configOf({
      services: [
        {
          id: 'orders',
          versions: [{ version: 'v1', flags: [{ name: 'f', value: 1 }] }],
          rules: { rules: [rule('a')] },
        },
      ],
      assignments: { acorn: { orders: 'v1', stock: 'v1' } },
    });
    const file = configOf({
      services: [{ id: 'orders', versions: [{ version: 'v1', flags: [] }], rules: { rules: [] } }],
      assignments: { acorn: { orders: null } },
    });
    const found = diffConfigs(live, file);
    expect(found.map(({ kind, names, file: wanted }) => [kind, names.at(-1), wanted])).toEqual([
      ['flags', 'v1', undefined],
      ['rules', 'orders', undefined],
      ['assignment', 'orders', null],
      ['assignment', 'stock', undefined],
    ]);
  });

  test('that leaves a salt out keeps it: another would move everybody', () => {
    const variants = [
      { name: 'a', version: 'v1', weight: 5000 },
      { name: 'b', version: 'v2', weight: 5000 },
    ];
    const experiment = { id: 'x', unit: { by: 'user' }, variants };
    const live = serviceOf({ experiments: [{ ...experiment, salt: 'orders:x' }] });
    expect(diff(live, serviceOf({ experiments: [experiment] }))).toEqual([]);
    expect(diff(live, serviceOf({ experiments: [{ ...experiment, salt: 'other' }] }))).toEqual([
      'change experiment orders x',
    ]);
  });

  test('differs neither by the order of what has none nor by how a time is written', () => {
    const versions = [
      { version: 'v1', ordinal: 1, endOfLifeAt: '2030-01-01T00:00:00Z' },
      { version: 'v2', ordinal: 2 },
    ];
    const one = configOf({
      services: [{ id: 'b' }, { id: 'a', versions }],
      assignments: { y: {}, x: { b: 'v1', a: 'v1' } },
    });
    const same = [versions[1], { ...versions[0], endOfLifeAt: '2030-01-01T00:00:00.000Z' }];
    const two = configOf({
      services: [{ id: 'a', versions: same }, { id: 'b' }],
      assignments: { x: { a: 'v1', b: 'v1' }, y: {} },
    });
    expect(JSON.stringify(one)).toBe(JSON.stringify(two));
    expect(diffConfigs(one, two)).toEqual([]);
  });
});

test('the text of a difference has no control characters of the server, and of a thousand lines the first', () => {
  const live = serviceOf({ name: 'Orders' });
  const text = formatDiff(diffConfigs(live, serviceOf({ name: 'a\u001b[31mb' })), paintOf({ hasColours: false }));
  expect(text).toBe('~ service orders\n    name: "Orders" → "a\\u001b[31mb"\n');
  const cells = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`t${i}`, { orders: 'v1' }]));
  const many = formatDiff(
    diffConfigs(configOf({ assignments: {} }), configOf({ assignments: cells })),
    paintOf({ hasColours: true }),
  );
  expect(many.split('\n')).toHaveLength(52);
  expect(many).toContain('… and 950 more of kind assignment');
  expect(many).toContain('\u001b[32m+ assignment t0 orders\u001b[39m: default → v1');
});
