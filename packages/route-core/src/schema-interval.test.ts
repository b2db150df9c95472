import { describe, expect, it } from 'vitest';
import {
  applyDelta,
  buildSnapshot,
  createDecisionEnv,
  decide,
  decideFlags,
  type RuleRecord,
  readCells,
  readService,
  type SchemaLease,
  type SchemaRecord,
  type SnapshotSource,
} from './index.ts';

const request = { tenantId: 'acme', serviceName: 'pay' };
const cell = { tenantId: 'acme', serviceId: 'pay' };
const instance = (version: string) => ({
  serviceId: 'pay',
  instanceId: version,
  version,
  address: `${version}:80`,
  weight: 1,
  health: 'healthy' as const,
  isEnabled: true,
});

/** v1 serves schemas 1 to 2, v2 those from 3 on. */
function worldOf(schemas: readonly SchemaRecord[], rules: readonly RuleRecord[] = []): SnapshotSource {
  return {
    position: { epoch: 'e', revision: 1 },
    tenants: ['acme', 'other'].map((id) => ({ id, status: 'active' as const })),
    services: [
      {
        id: 'pay',
        unknownTenant: 'reject',
        balancer: 'round_robin',
        fallback: 'fail',
        defaults: [{ version: 'v1', weight: 10_000 }],
        versions: [
          { version: 'v1', ordinal: 1, status: 'active', schemaMin: 1, schemaMax: 2 },
          { version: 'v2', ordinal: 2, status: 'active', schemaMin: 3 },
        ],
        ruleSet: { number: 1, normalizePath: false, rules },
      },
    ],
    assignments: [],
    schemas,
    holds: [],
    instances: ['v1', 'v2'].map(instance),
  };
}

/** A lease that counts how often it is asked. */
function leaseOf(isHeld: boolean, isLost = false): SchemaLease & { asked: number } {
  return {
    asked: 0,
    isLost,
    isHeld() {
      this.asked++;
      return isHeld;
    },
  };
}

function answer(schemas: readonly SchemaRecord[], lease: SchemaLease, rules: readonly RuleRecord[] = []): string {
  const decision = decide(buildSnapshot(worldOf(schemas, rules)), request, createDecisionEnv({ lease }));
  return decision.ok ? decision.version : decision.code;
}

describe('the lease', () => {
  it.each<[string, SchemaRecord[]]>([
    ['is not recorded', []],
    ['is not marked', [{ ...cell, schemaVersion: 2, expandedTo: 3 }]],
    ['is another tenant’s', [{ ...cell, tenantId: 'other', schemaVersion: 2, isMigrating: true }]],
  ])('is not asked for a schema that %s', (_what, schemas) => {
    const lease = leaseOf(false);
    expect(answer(schemas, lease)).toBe('v1');
    expect(lease.asked).toBe(0);
  });

  it('is asked once for one that is marked, at each decision anew', () => {
    const lease = leaseOf(true);
    expect(answer([{ ...cell, schemaVersion: 2, isMigrating: true }], lease)).toBe('v1');
    expect(lease.asked).toBe(1);
  });

  it('that is out refuses flags as well', () => {
    const snapshot = buildSnapshot(worldOf([{ ...cell, schemaVersion: 2, isMigrating: true }]));
    const env = createDecisionEnv({ lease: leaseOf(false) });
    expect(decideFlags(snapshot, request, env)).toMatchObject({ ok: false, code: 'SCHEMA_UNCERTAIN' });
  });

  it('is out for the present schema, whichever revision chooses', () => {
    const marked = [{ ...cell, schemaVersion: 2, isMigrating: true }];
    const before = buildSnapshot(worldOf([{ ...cell, schemaVersion: 2 }]));
    const now = applyDelta(before, { epoch: 'e', revision: 2, schemas: { upsert: marked } });
    const env = createDecisionEnv({ lease: leaseOf(false) });
    expect(decide(before, request, env)).toMatchObject({ ok: true });
    expect(decide(now, request, env)).toMatchObject({ ok: false, code: 'SCHEMA_UNCERTAIN', version: 'v1' });
  });

  it('that is lost spoils no copies to versions that serve all that may come', () => {
    const to = (version: string) => ({ mirror: { version, share: 10_000 } });
    const rule = (target: string, mirror: string): RuleRecord[] => [
      {
        id: 'r',
        priority: 1,
        isEnabled: true,
        target: { kind: 'version', version: target },
        ...to(mirror),
      } as RuleRecord,
    ];
    const schemas = [{ ...cell, schemaVersion: 2, expandedTo: 3 }];
    const mirrorOf = (lease: SchemaLease, rules: readonly RuleRecord[]) => {
      const decision = decide(buildSnapshot(worldOf(schemas, rules)), request, createDecisionEnv({ lease }));
      return decision.ok ? (decision.mirror?.version ?? null) : decision.code;
    };
    expect(mirrorOf(leaseOf(true), rule('v2', 'v1'))).toBe('v1');
    expect(mirrorOf(leaseOf(false, true), rule('v2', 'v1'))).toBe(null);
    expect(mirrorOf(leaseOf(false, true), rule('v1', 'v2'))).toBe('SCHEMA_UNCERTAIN');
  });
});

describe('a schema', () => {
  const wide = { ...cell, schemaVersion: 2, expandedTo: 3, isMigrating: true };
  const next = (schemas: object) => applyDelta(buildSnapshot(worldOf([wide])), { epoch: 'e', revision: 2, schemas });

  it('is told as it was said, without what says nothing', () => {
    const told = (record: SchemaRecord) => readCells(buildSnapshot(worldOf([record])), 'acme').schemas;
    expect(told(wide)).toEqual([wide]);
    expect(told({ ...wide, isMigrating: false })).toEqual([{ ...cell, schemaVersion: 2, expandedTo: 3 }]);
    expect(told({ ...wide, expandedTo: 2 })).toEqual([{ ...cell, schemaVersion: 2, isMigrating: true }]);
    expect(told({ ...wide, schemaVersion: Number.NaN })).toEqual([]);
    expect(readService(buildSnapshot(worldOf([wide])), 'pay', 'acme')?.schemas).toEqual([wide]);
  });

  it.each<[string, object, SchemaRecord[]]>([
    ['contracted', { upsert: [{ ...cell, schemaVersion: 3 }] }, [{ ...cell, schemaVersion: 3 }]],
    ['narrowed', { upsert: [{ ...wide, expandedTo: 2 }] }, [{ ...cell, schemaVersion: 2, isMigrating: true }]],
    ['unmarked', { upsert: [{ ...wide, isMigrating: false }] }, [{ ...cell, schemaVersion: 2, expandedTo: 3 }]],
    ['removed', { remove: [cell] }, []],
    ['left', { upsert: [wide] }, [wide]],
  ])('that is %s leaves nothing of what it was', (_what, schemas, after) => {
    const snapshot = next(schemas);
    const fresh = buildSnapshot(worldOf(after));
    expect(readCells(snapshot, 'acme').schemas).toEqual(after);
    expect(snapshot.digest).toBe(fresh.digest);
    expect(snapshot.stats().schemaCount).toBe(fresh.stats().schemaCount);
  });

  it('has a digest of its own for each end and for the mark', () => {
    const kinds = [2, 3].flatMap((schemaVersion) =>
      [undefined, 4, 5].flatMap((expandedTo) =>
        [false, true].map((isMigrating) => ({
          ...cell,
          schemaVersion,
          isMigrating,
          ...(expandedTo === undefined ? {} : { expandedTo }),
        })),
      ),
    );
    expect(new Set(kinds.map((one) => buildSnapshot(worldOf([one])).digest)).size).toBe(kinds.length);
  });

  it('takes room for its ends and marks only where there are any', () => {
    const bytes = (record: SchemaRecord) => buildSnapshot(worldOf([record])).stats().columnBytes;
    const plain = bytes({ ...cell, schemaVersion: 2 });
    expect(bytes({ ...cell, schemaVersion: 2, expandedTo: 2, isMigrating: false })).toBe(plain);
    expect(bytes({ ...cell, schemaVersion: 2, expandedTo: 3 }) - plain).toBe(8 * 2048);
    expect(bytes({ ...cell, schemaVersion: 2, isMigrating: true }) - plain).toBe(2048);
  });
});
