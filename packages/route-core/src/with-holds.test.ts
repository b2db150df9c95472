import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDelta, buildSnapshot, listTenants, readHolds, withHolds } from './index.ts';
import { hold, source } from './testing/arbitraries.ts';

describe('withHolds', () => {
  it('gives the configuration that a change with these holds would give, at the position of the base', () => {
    fc.assert(
      fc.property(source, fc.array(hold, { maxLength: 3 }), fc.nat(2), (records, upsert, count) => {
        const base = buildSnapshot(records);
        const { digest } = base;
        const remove = readHolds(base)
          .slice(0, count)
          .map(({ id }) => id);
        const { epoch, revision } = base.position;
        const changed = applyDelta(base, { epoch, revision: revision + 1, holds: { upsert, remove } });
        const laid = withHolds(base, { upsert, remove });
        expect(laid.digest).toBe(changed.digest);
        expect(readHolds(laid)).toEqual(readHolds(changed));
        expect([laid.position, base.digest]).toEqual([base.position, digest]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('listTenants', () => {
  it('names every tenant once, with status and tags', () => {
    fc.assert(
      fc.property(source, (records) => {
        const last = new Map([...records.tenants].map((tenant) => [tenant.id, tenant]));
        const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
        expect([...listTenants(buildSnapshot(records))].sort(byId)).toEqual(
          [...last.values()].map(({ id, status, tags = [] }) => ({ id, status, tags })).sort(byId),
        );
      }),
      { numRuns: 200 },
    );
  });
});
