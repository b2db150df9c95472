import { expect, test } from 'vitest';
import type { Experiment } from '../../api/generated/model/index.ts';
import { checkFields, fieldsOf, freeOfGroup, missingWeight, toCreate, toUpdate } from './experiment-fields.ts';

const fresh = { ...fieldsOf(undefined, '', ['1.0', '2.0']), id: 'exp' };
const inGroup = (id: string, share: number) => ({ id, group: { name: 'checkout', share } }) as Experiment;

test('a new experiment halves everybody between the first two versions', () => {
  expect(fresh.variants).toEqual([
    { name: 'control', version: '1.0', weight: 5_000 },
    { name: 'treatment', version: '2.0', weight: 5_000 },
  ]);
  expect(checkFields(fresh, 10_000)).toEqual({});
});

test('what does not fit is named before the API is asked', () => {
  const variants = [
    { name: 'a', version: '1.0', weight: 5_000 },
    { name: 'a', version: '', weight: 4_000 },
  ];
  expect(missingWeight(variants)).toBe(1_000);
  expect(
    checkFields(
      {
        ...fresh,
        id: ' ',
        unit: { by: 'cookie', name: '' },
        variants,
        startAt: '2026-02-01T00:00',
        endAt: '2026-01-01T00:00',
        groupName: 'checkout',
        groupShare: 3_000,
        hashing: 'md5_java',
      },
      2_000,
    ),
  ).toEqual({
    id: 'required',
    unit: 'required',
    'variants.1.name': 'twice',
    'variants.1.version': 'required',
    variants: 'share',
    endAt: 'order',
    groupShare: 'groupFull',
    hashing: 'md5',
  });
});

test('of a group that is free which no other experiment has', () => {
  const all = [inGroup('a', 2_500), inGroup('b', 4_000), { id: 'c', group: null } as Experiment];
  expect(freeOfGroup(all, 'checkout', 'new')).toBe(3_500);
  expect(freeOfGroup(all, 'checkout', 'b')).toBe(7_500);
  expect(freeOfGroup(all, 'other', 'b')).toBe(10_000);
});

test('times are UTC, an empty group is none, and an edit leaves unit and hashing alone', () => {
  const fields = { ...fresh, startAt: '2026-01-01T08:00', groupName: ' ', reason: ' pilot ' };
  expect(toCreate(fields, null)).toMatchObject({
    id: 'exp',
    unit: { by: 'user' },
    hashing: 'murmur3',
    startAt: '2026-01-01T08:00:00.000Z',
    endAt: null,
    group: null,
    reason: 'pilot',
  });
  expect(toUpdate({ ...fields, groupName: 'g', groupShare: 500 }, null)).toEqual({
    name: 'exp',
    variants: fresh.variants,
    when: null,
    startAt: '2026-01-01T08:00:00.000Z',
    endAt: null,
    group: { name: 'g', share: 500 },
    reason: 'pilot',
  });
});
