import { expect, test } from 'vitest';
import { diffFields } from './field-diff.ts';

test('a diff names the fields that differ', () => {
  expect(
    diffFields({
      before: { name: 'a', tags: ['x'], tier: null },
      after: { name: 'a', tags: ['x', 'y'], tier: 'gold' },
    }),
  ).toEqual([
    { field: 'tags', from: 'x', to: 'x, y' },
    { field: 'tier', from: null, to: 'gold' },
  ]);
});

test('fields within fields are named by their way, lists of things are shown whole', () => {
  expect(
    diffFields({
      before: { metadata: { plan: 'a', seats: 3 }, variants: [{ name: 'a' }] },
      after: { metadata: { plan: 'a', seats: 4 }, variants: [{ name: 'b' }] },
    }),
  ).toEqual([
    { field: 'metadata.seats', from: '3', to: '4' },
    { field: 'variants', from: '{"name":"a"}', to: '{"name":"b"}' },
  ]);
});

test('shares of versions are read as such, and an empty list is nothing', () => {
  expect(
    diffFields({
      before: { defaultVersions: [{ version: '1.0', weight: 10_000 }], tags: [], metadata: {} },
      after: {
        defaultVersions: [
          { version: '1.0', weight: 7_550 },
          { version: '2.0', weight: 2_450 },
        ],
        tags: ['a'],
      },
    }),
  ).toEqual([
    { field: 'defaultVersions', from: '1.0 100%', to: '1.0 75.5%, 2.0 24.5%' },
    { field: 'tags', from: null, to: 'a' },
  ]);
});

test('what was said of tenants is read as it was said', () => {
  const overridden = [
    { tenantId: 'acorn', detail: 'Frozen.' },
    { tenantId: null, detail: 'Frozen too.' },
  ];
  expect(diffFields({ before: null, after: { overridden } })).toEqual([
    { field: 'overridden', from: null, to: 'acorn: Frozen., Frozen too.' },
  ]);
});

test('of something new or gone all fields are told that hold something', () => {
  const state = { id: 't', tier: null, metadata: { plan: 'a' } };
  expect(diffFields({ before: null, after: state })).toEqual([
    { field: 'id', from: null, to: 't' },
    { field: 'metadata.plan', from: null, to: 'a' },
  ]);
  expect(diffFields({ before: state, after: null }).map(({ from, to }) => [from, to])).toEqual([
    ['t', null],
    ['a', null],
  ]);
});
