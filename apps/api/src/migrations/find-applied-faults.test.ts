import { expect, test } from 'vitest';
import { type Applied, findAppliedFaults } from './find-applied-faults.ts';

const one = (name: string, checksum = 'a', phase: 'expand' | 'contract' = 'expand') => ({
  ...{ name, checksum, phase, upPath: `${name}.up.sql` },
});
const nobody: Applied = { migrations: [], upgradingCount: 0, reached: { expanded: 0, contracted: 0 } };
const ran = (name: string, checksum = 'a') => ({ ...nobody, migrations: [{ name, checksum, tenantCount: 2 }] });
const faults = (...args: Parameters<typeof findAppliedFaults>) =>
  findAppliedFaults(...args).map((fault) => fault.message);

test('what nobody has may become anything', () => {
  expect(faults([one('1')], [one('1', 'b'), one('2')], nobody)).toEqual([]);
  expect(faults([one('1')], [], nobody)).toEqual([]);
});

test('what tenants have stays as it is', () => {
  expect(faults([one('1')], [one('1'), one('2')], ran('1'))).toEqual([]);
  expect(faults([one('1')], [one('1', 'b')], ran('1'))).toEqual([
    expect.stringContaining('2 tenants have 1 with other'),
  ]);
  expect(faults([one('1'), one('2')], [one('2')], ran('1'))).toEqual([expect.stringContaining('cannot be taken away')]);
  expect(faults([one('1')], [one('1')], ran('of-another-set'))).toEqual([]);
});

test('a set that was deleted while tenants had it comes back as they have it', () => {
  expect(faults([], [one('1')], ran('1'))).toEqual([]);
  expect(faults([], [one('1', 'b')], ran('1'))).toHaveLength(1);
});

test('a set that upgrades run just now stays as it is, also without anything new', () => {
  const busy = { ...nobody, upgradingCount: 3 };
  expect(faults([one('1')], [one('1')], busy)).toEqual([]);
  for (const after of [[], [one('1', 'b')], [one('1'), one('2')]])
    expect(faults([one('1')], after, busy)).toEqual([expect.stringContaining('3 upgrade(s)')]);
  // One that comes into their way would be contracted there, and never was expanded.
  expect(faults([], [one('1')], busy)).toEqual([expect.stringContaining('on their way')]);
});

test('nothing is added behind tenants that are past it; contract may come until somebody has contracted', () => {
  const expanded = { ...nobody, reached: { expanded: 4, contracted: 0 } };
  const contracted = { ...nobody, reached: { expanded: 4, contracted: 1 } };
  expect(faults([one('1')], [one('1'), one('2')], expanded)).toEqual([expect.stringContaining('4 tenant(s) are past')]);
  expect(faults([one('1')], [one('1'), one('2', 'a', 'contract')], expanded)).toEqual([]);
  expect(faults([one('1')], [one('1'), one('2', 'a', 'contract')], contracted)).toHaveLength(1);
});
