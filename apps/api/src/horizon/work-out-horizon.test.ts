import { describe, expect, test } from 'vitest';
import { type HorizonBackup, type HorizonFacts, type HorizonVersion, workOutHorizon } from './work-out-horizon.ts';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const version = (
  label: string,
  ordinal: number,
  schemaMin: number | null,
  schemaMax: number | null,
): HorizonVersion => ({
  version: label,
  ordinal,
  status: 'active',
  schemaMin,
  schemaMax,
  endOfLifeAt: null,
});
const v1 = version('v1', 1, 1, 1);
const v2 = version('v2', 2, 2, null);
const migration = (name: string, phase: string, down: string | null = 'SELECT 1') => ({ name, phase, down });
const backup = (id: string, at: number, expiresAt: string): HorizonBackup => ({
  id,
  schemaVersion: at,
  expandedTo: at,
  createdAt: new Date(NOW - 1_000),
  expiresAt: new Date(expiresAt),
});
/** A tenant on v2 whose schema serves both versions: expanded, and not contracted. */
const expanded: HorizonFacts = {
  tenantId: 't',
  serviceId: 's',
  currentVersion: 'v2',
  versions: [v2, v1],
  state: { schemaVersion: 1, expandedTo: 2 },
  sets: [{ schemaVersion: 2, migrations: [migration('0001_add', 'expand'), migration('0002_drop', 'contract')] }],
  applied: new Set(['0001_add']),
  backups: [],
  upgrade: null,
  now: NOW,
};
/** The same after contract. */
const contracted: HorizonFacts = {
  ...expanded,
  state: { schemaVersion: 2, expandedTo: 2 },
  applied: new Set(['0001_add', '0002_drop']),
};

test('what the schema serves can be gone back to as it is, until contract', () => {
  const upgrade = { id: 'u1', schemaTo: 2 };
  expect(workOutHorizon({ ...expanded, upgrade })).toMatchObject({
    oldestVersion: 'v1',
    versions: [{ version: 'v1', needs: 'nothing', isReachable: true }],
    closes: [{ kind: 'contract', at: null, losesVersion: 'v1', detail: expect.stringContaining('upgrade u1') }],
  });
});

test('a version without an end to its range is not lost by contract', () => {
  const open = { ...expanded, versions: [version('v1', 1, 1, null), v2] };
  expect(workOutHorizon(open).closes).toEqual([]);
});

test('a schema that nobody has recorded keeps nobody from going back', () => {
  expect(workOutHorizon({ ...expanded, state: null }).versions).toMatchObject([
    { needs: 'nothing', isReachable: true },
  ]);
});

describe('when the schema has gone beyond a version', () => {
  test('what only added something is taken back', () => {
    const added = { ...contracted, applied: new Set(['0001_add']) };
    expect(workOutHorizon(added)).toMatchObject({
      oldestVersion: 'v1',
      versions: [{ needs: 'downs', isReachable: true, why: expect.stringContaining('0001_add') }],
    });
  });

  test('what contract took away comes back empty, which is a loss, unless there is a backup', () => {
    expect(workOutHorizon(contracted)).toMatchObject({
      oldestVersion: null,
      versions: [{ needs: 'downs', isReachable: false, why: expect.stringContaining('comes back empty') }],
    });
    const backups = [backup('b1', 1, '2026-07-01T00:00:00Z'), backup('b0', 1, '2026-08-01T00:00:00Z')];
    expect(workOutHorizon({ ...contracted, backups })).toMatchObject({
      versions: [{ needs: 'restore', isReachable: false, backupId: 'b1' }],
      closes: [{ kind: 'backup-expires', at: '2026-08-01T00:00:00.000Z', losesVersion: 'v1' }],
    });
  });

  test('a migration without a way down leaves only a backup from when the schema served the version', () => {
    const sets = [{ schemaVersion: 2, migrations: [migration('0001_add', 'expand', null)] }];
    const facts = { ...contracted, sets, applied: new Set(['0001_add']) };
    const late = backup('b', 2, '2026-07-01T00:00:00Z');
    expect(workOutHorizon({ ...facts, backups: [late] }).versions).toMatchObject([
      {
        needs: 'impossible',
        isReachable: false,
        backupId: null,
        why: expect.stringContaining('0001_add has no way down'),
      },
    ]);
  });

  test('an upgrade under way that brings what cannot be taken back closes the way over downs', () => {
    const v3 = { schemaVersion: 3, migrations: [migration('0003_merge', 'migrate', null)] };
    const facts = {
      ...contracted,
      sets: [...expanded.sets, v3],
      applied: new Set(['0001_add']),
      upgrade: { id: 'u2', schemaTo: 3 },
    };
    expect(workOutHorizon(facts).closes).toMatchObject([{ kind: 'irreversible', losesVersion: 'v1' }]);
  });
});

test('a version that is retired, or asks for more than the schema has, cannot be gone back to', () => {
  const versions = [{ ...v1, status: 'retired' }, version('v1.5', 2, 9, 9), { ...v2, ordinal: 3 }];
  expect(workOutHorizon({ ...expanded, versions }).versions).toMatchObject([
    { version: 'v1.5', needs: 'impossible', why: expect.stringContaining('an upgrade leads there') },
    { version: 'v1', needs: 'impossible', why: 'The version is retired.' },
  ]);
});

test('what has a date closes before what somebody does; a date that has passed closes nothing any more', () => {
  const dated = (at: string) => workOutHorizon({ ...expanded, versions: [{ ...v1, endOfLifeAt: new Date(at) }, v2] });
  expect(dated('2026-06-02T00:00:00Z').closes.map(({ kind }) => kind)).toEqual(['version-retired', 'contract']);
  expect(dated('2026-05-01T00:00:00Z').closes.map(({ kind }) => kind)).toEqual(['contract']);
});

test('newer versions are no way back, and without a version there is none', () => {
  expect(workOutHorizon({ ...expanded, currentVersion: 'v1' }).versions).toEqual([]);
  expect(workOutHorizon({ ...expanded, currentVersion: null })).toMatchObject({ versions: [], oldestVersion: null });
});
