import { describe, expect, it } from 'vitest';
import type { TenantRow } from '../tenants/synced-tenants.service.ts';
import { FREE_COUNT, limitOf, needsConfirmation, planSync } from './plan-sync.ts';
import type { SourceTenant, SourceTenants } from './source-tenant.ts';

const row = (id: string, over: Partial<TenantRow> = {}): TenantRow => ({
  id,
  name: id,
  status: 'active',
  tier: null,
  region: null,
  tags: [],
  metadata: {},
  origin: 'sync',
  isDeleted: false,
  rowVersion: 1,
  ...over,
});
const list = (tenants: readonly SourceTenant[], over: Partial<SourceTenants> = {}): SourceTenants => ({
  tenants,
  rejected: [],
  isComplete: true,
  ...over,
});
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(`t${index}`));
const named = (present: readonly TenantRow[]) => present.map(({ id, name }) => ({ id, name }));

describe('a plan', () => {
  it('creates who is new, changes who differs, deletes who is gone', () => {
    const source = list([
      { id: 'changed', name: 'Renamed' },
      { id: 'new', name: 'New', tags: ['b', 'a'] },
      { id: 'same', name: 'same' },
    ]);
    const plan = planSync(source, [row('changed'), row('gone'), row('same')]);
    expect(plan.counts).toMatchObject({ created: 1, updated: 1, deleted: 1, unchanged: 1 });
    expect(plan.creates).toEqual([
      {
        id: 'new',
        state: { name: 'New', status: 'active', tier: null, region: null, tags: ['a', 'b'], metadata: {} },
      },
    ]);
    expect(plan.samples.updated).toEqual([{ tenantId: 'changed', name: 'changed', fields: ['name'] }]);
    expect(plan.deletes.map((one) => one.id)).toEqual(['gone']);
  });

  it('leaves what the source does not name as operators set it, and takes null as said', () => {
    const present = [row('a', { tier: 'gold', region: 'eu', tags: ['beta'] })];
    const plan = planSync(list([{ id: 'a', name: 'a', tier: null }]), present);
    expect(plan.updates.map((one) => one.state)).toEqual([
      { name: 'a', status: 'active', tier: null, region: 'eu', tags: ['beta'], metadata: {} },
    ]);
  });

  it('sees no change in another order of tags', () => {
    const plan = planSync(list([{ id: 'a', name: 'a', tags: ['y', 'x'] }]), [row('a', { tags: ['x', 'y'] })]);
    expect([plan.counts.unchanged, plan.updates]).toEqual([1, []]);
  });

  it('never touches a tenant that an operator made, in the list or not', () => {
    const present = [row('mine', { origin: 'manual' }), row('other', { origin: 'manual' })];
    const plan = planSync(list([{ id: 'mine', name: 'Theirs' }]), present);
    expect([plan.affectedCount, plan.samples.conflicts]).toEqual([0, [{ tenantId: 'mine', name: 'mine' }]]);
  });

  it('gives the id of a deleted tenant to nobody, whoever made the tenant', () => {
    const present = [row('a', { isDeleted: true }), row('b', { isDeleted: true, origin: 'manual' })];
    const plan = planSync(list(named(present)), present);
    expect([plan.affectedCount, plan.counts.suppressed]).toEqual([0, 2]);
  });

  it('keeps a tenant whose row was rejected', () => {
    const rejected = [{ path: 'items[0].name', reason: 'too short', tenantId: 'a' }];
    const plan = planSync(list([], { rejected }), [row('a'), row('b')]);
    expect([plan.deletes.map((one) => one.id), plan.samples.kept]).toEqual([['b'], [{ tenantId: 'a', name: 'a' }]]);
  });

  it('deletes nobody while a row may belong to anybody', () => {
    const plan = planSync(list([], { isComplete: false }), rows(3));
    expect([plan.counts.deleted, plan.counts.kept]).toEqual([0, 3]);
  });

  it('shows fifty of each at most, and counts all', () => {
    const plan = planSync(list(named(rows(60))), []);
    expect([plan.counts.created, plan.samples.created.length]).toEqual([60, 50]);
  });
});

describe('the digest of a plan', () => {
  const source = list(named(rows(3)));
  const digest = (from: SourceTenants, present: readonly TenantRow[]) => planSync(from, present).digest;

  it('is the same for the same list and the same affected tenants', () => {
    expect(digest(source, [row('x')])).toBe(
      digest(list(named(rows(3))), [row('x'), row('mine', { origin: 'manual' })]),
    );
  });

  it.each([
    ['the list has another name', list([{ id: 't0', name: 'other' }, ...named(rows(3)).slice(1)]), [row('x')]],
    ['the list is shorter', list(named(rows(2))), [row('x')]],
    ['another tenant goes', source, [row('y')]],
    ['a tenant that goes was changed', source, [row('x', { rowVersion: 2 })]],
  ])('differs when %s', (_, from, present) => expect(digest(from, present)).not.toBe(digest(source, [row('x')])));
});

describe('the guard', () => {
  const without = (count: number, gone: number) => planSync(list(named(rows(count)).slice(gone)), rows(count));

  it('lets a set share pass and asks above it', () => {
    expect(limitOf(1_000, 20)).toBe(200);
    expect(needsConfirmation(without(1_000, 200), 20)).toBe(false);
    expect(needsConfirmation(without(1_000, 201), 20)).toBe(true);
  });

  it('adds up what is created, changed and deleted', () => {
    const tenants = [
      ...named(rows(100))
        .slice(10, 95)
        .map((one) => ({ ...one })),
      ...Array.from({ length: 6 }, (_, index) => ({ id: `n${index}`, name: 'new' })),
    ].map((one, index) => (index < 5 ? { ...one, name: 'renamed' } : one));
    const plan = planSync(list(tenants), rows(100));
    expect([plan.counts, plan.affectedCount]).toMatchObject([{ created: 6, updated: 5, deleted: 15 }, 26]);
    expect([needsConfirmation(plan, 25), needsConfirmation(plan, 26)]).toEqual([true, false]);
  });

  it('does not ask for a handful, unless that is all there is', () => {
    expect(needsConfirmation(without(FREE_COUNT + 1, FREE_COUNT), 20)).toBe(false);
    expect(needsConfirmation(without(FREE_COUNT, FREE_COUNT), 20)).toBe(true);
    expect(needsConfirmation(without(1, 1), 100)).toBe(true);
  });

  it('does not ask at the first import', () => {
    expect(needsConfirmation(planSync(list(named(rows(5_000))), [row('mine', { origin: 'manual' })]), 20)).toBe(false);
  });
});
