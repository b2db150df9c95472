import type { ServiceRecord, VersionRecord } from '@grey/route-core';
import type { MigrationSet } from '@grey/schema-upgrades';
import { describe, expect, test } from 'vitest';
import { firstFloor } from './first-floor.ts';
import { judgeSchemaWay, whyNoMigrations } from './judge-schema-way.ts';
import type { SchemaWay } from './schema-way.service.ts';

const gates = { maxFailedShare: 0.05, minDecisions: 0, hookSeconds: 10 };
const version = (over: Partial<VersionRecord>) =>
  ({ version: 'v1', ordinal: 1, status: 'active', ...over }) as VersionRecord;
const v1 = version({ schemaMin: 0, schemaMax: 0 });
const v2 = version({ version: 'v2', ordinal: 2, schemaMin: 1 });
const leadingTo = (schemaVersion: number) => ({ schemaVersion, migrations: [] }) as unknown as MigrationSet;
interface Over {
  readonly versions?: VersionRecord[];
  readonly contract?: 'ask' | 'leave';
  readonly kind?: 'schema' | 'service';
  readonly schemaTo?: number | null;
  readonly way?: Partial<SchemaWay>;
}
function judge({ versions = [v1, v2], contract = 'ask', kind = 'service', schemaTo = 1, way = {} }: Over): string[] {
  const options = { backup: 'never', contract, soakSeconds: 0, gates } as const;
  const whole: SchemaWay = {
    ...{
      engine: 'postgres',
      cell: null,
      service: { versions } as unknown as ServiceRecord,
      target: versions[1],
      floor: 0,
    },
    ...{ own: schemaTo, sets: [leadingTo(1)], contracted: ['0003'], ...way },
  };
  return judgeSchemaWay({ kind, toVersion: 'v2', schemaTo, options }, whole, 'v1', [])
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ verdict, detail }) => `${verdict}: ${detail}`);
}

describe('the way of a schema', () => {
  test('is free where both versions fit what they get', () => {
    expect(judge({})).toEqual([]);
  });

  test('is refused to contract while an older version could be led to the tenant', () => {
    const open = [version({ schemaMin: 0 }), v2];
    expect(judge({ versions: open })[0]).toMatch(/^refuse: .*nothing would keep tenants off v1/);
    expect(judge({ versions: open, contract: 'leave' })).toEqual([]);
    expect(judge({ versions: open, way: { contracted: [] } })).toEqual([]);
    expect(judge({ versions: [{ ...(open[0] as VersionRecord), status: 'retired' }, v2] })).toEqual([]);
  });

  test('is refused where the target does not serve what its migrations lead to', () => {
    expect(judge({ versions: [v1, { ...v2, schemaMin: 2 }] })[0]).toContain('v2 serves schemas from 2');
    expect(judge({ versions: [v1, { ...v2, schemaMin: 0, schemaMax: 0 }] })[0]).toContain('its migrations lead to 1');
  });

  test('is refused where recording the schema would keep the present version off', () => {
    expect(judge({ way: { floor: 1 } })[0]).toContain('v1 serves schema 0, and the tenant');
  });

  test('is refused where by now its migrations lead elsewhere, or are gone, or have only just come', () => {
    const elsewhere = 'The migrations of v2 lead to schema 2 by now, and it was to lead to 1';
    expect(judge({ way: { own: 2, sets: [] } })[0]).toContain(elsewhere);
    expect(judge({ way: { own: null, sets: [] } })[0]).toContain('No migrations lead to schema 1');
    expect(judge({ schemaTo: 2, way: { own: null } })[0]).toContain('the last ones lead to 1');
    expect(judge({ schemaTo: null, way: { own: 1 } })[0]).toContain('it was to lead to none');
    expect(judge({ way: { own: null, sets: [], floor: 1 }, versions: [version({}), v2], contract: 'leave' })).toEqual(
      [],
    );
  });

  test('needs a database where there are migrations, and none where there are none', () => {
    expect(judge({ way: { engine: null } })[0]).toContain('no database here');
    expect(judge({ schemaTo: null, way: { engine: null } })).toEqual([]);
    expect(whyNoMigrations('v2', { engine: null })).toMatch(/no data source .* whatever v2 brings/);
    expect(whyNoMigrations('v2', { engine: 'postgres' })).toBe('v2 brings no migrations.');
    expect(judge({ schemaTo: null, kind: 'schema' })[0]).toContain('brings no migrations');
    const cell = { tenantId: 't', serviceId: 's', schemaVersion: 0, expandedTo: 0, isMigrating: false };
    expect(judge({ schemaTo: null, way: { cell } })[0]).toContain("the tenant's schema serves 0 to 0");
  });

  test('warns that a contract of the schema alone waits for the route', () => {
    expect(judge({ kind: 'schema' })[0]).toMatch(/^warn: v1 serves schema 0 and cannot answer/);
  });

  test('is refused to a retired version', () => {
    expect(judge({ versions: [v1, { ...v2, status: 'retired' }] })).toEqual(['refuse: v2 is retired.']);
  });
});

describe('the first record of a schema', () => {
  const set = (schemaVersion: number, ...names: string[]) => ({
    schemaVersion,
    migrations: names.map((name) => ({ name })) as never,
  });
  const sets = [set(1, 'a', 'b'), set(2, 'c'), set(5, 'd')];
  const row = (name: string, state: 'applied' | 'reverted' = 'applied') => ({ name, state });
  test.each([
    ['the newest set that is complete with all before', [row('a'), row('b'), row('c')], 2],
    ['not a set beyond a gap', [row('a'), row('b'), row('d')], 1],
    ['what the version asks for, where none is complete', [row('a'), row('b', 'reverted')], 3],
  ])('is %s', (_, ledger, floor) => {
    expect(firstFloor(ledger, sets, 3)).toBe(floor);
  });
  test('is 0 where nobody says anything', () => expect(firstFloor([], sets, undefined)).toBe(0));
});
