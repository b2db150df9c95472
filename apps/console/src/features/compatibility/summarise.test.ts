import { expect, test } from 'vitest';
import type { Compatibility, VersionCompatibility } from '../../api/generated/model/index.ts';
import { compareFile, summarise } from './summarise.ts';

const said = (version: string, part: Partial<VersionCompatibility> = {}): VersionCompatibility => ({
  version,
  compatibleWith: null,
  breakingChanges: false,
  migrationRequired: false,
  requires: [],
  ...part,
});
const of = (serviceId: string, ...versions: VersionCompatibility[]): Compatibility => ({
  serviceId,
  versions,
  updatedAt: '2026-11-21T00:00:00Z',
  etag: '"1"',
});

test('services of which something is said come first, with their marks and needs', () => {
  const services = [
    { id: 'a', versionCount: 2 },
    { id: 'shop', versionCount: 3 },
  ];
  const requires = [{ serviceId: 'pay', range: '>=2' }];
  const rows = summarise(services, [of('shop', said('2.0', { breakingChanges: true, requires }))]);
  expect(rows.map((row) => row.serviceId)).toEqual(['shop', 'a']);
  expect(rows[0]).toMatchObject({ saidCount: 1, breaking: ['2.0'], migrating: [], requirements: [{ version: '2.0' }] });
});

test('a file is compared by version; the order of a list changes nothing', () => {
  const now = [of('shop', said('1', { compatibleWith: ['2', '3'] }), said('2'), said('3'))];
  const file = [
    of('shop', said('1', { compatibleWith: ['3', '2'] }), said('2', { migrationRequired: true }), said('4')),
    of('pay', said('1')),
  ];
  expect(compareFile(now, file)).toEqual([
    { serviceId: 'shop', added: ['4'], changed: ['2'], removed: ['3'] },
    { serviceId: 'pay', added: ['1'], changed: [], removed: [] },
  ]);
});
