import { describe, expect, it } from 'vitest';
import { readTenants } from './source-tenant.ts';

const onPage = (page: number, values: readonly unknown[]) =>
  values.map((value, index) => ({ path: `page ${page} items[${index}]`, page, value }));

describe('rows of the source', () => {
  it('are taken with what they name, and members nobody knows are ignored', () => {
    const { tenants, rejected, isComplete } = readTenants(
      onPage(1, [
        { id: 'b', name: ' Bee ', status: 'SUSPENDED', tier: null, plan: 'gold' },
        { tenantId: 'a', name: 'Ay', tags: ['x'], metadata: { owner: 'ops' } },
      ]),
    );
    expect(tenants).toEqual([
      { id: 'a', name: 'Ay', tags: ['x'], metadata: { owner: 'ops' } },
      { id: 'b', name: 'Bee', status: 'suspended', tier: null },
    ]);
    expect([rejected, isComplete]).toEqual([[], true]);
  });

  it.each([
    ['name', { id: 'a', name: '' }],
    ['name', { id: 'a' }],
    ['name', { id: 'a', name: 'a\u0000b' }],
    ['name', { id: 'a', name: '\ud800' }],
    ['status', { id: 'a', name: 'A', status: 'archived' }],
    ['tags[1]', { id: 'a', name: 'A', tags: ['fine', 'not fine'] }],
    ['region', { id: 'a', name: 'A', region: 7 }],
    ['metadata', { id: 'a', name: 'A', metadata: { key: 'x\u0000' } }],
  ])('that do not fit are rejected with path %s, and still speak for their tenant', (path, row) => {
    const { tenants, rejected, isComplete } = readTenants(onPage(2, [row]));
    expect(tenants).toEqual([]);
    expect(rejected).toHaveLength(1);
    expect(rejected[0]).toMatchObject({ path: `page 2 items[0].${path}`, tenantId: 'a' });
    expect(isComplete).toBe(true);
  });

  it('with an id that no tenant can have are rejected, and leave the list complete', () => {
    const { rejected, isComplete } = readTenants(onPage(1, [{ id: 'acme corp', name: 'A' }]));
    expect(rejected).toMatchObject([{ path: 'page 1 items[0].id', tenantId: null }]);
    expect(isComplete).toBe(true);
  });

  it.each([[null], ['t1'], [{ name: 'no id' }], [{ id: 42, name: 'a number' }], [{ id: '', name: 'empty' }]])(
    'whose id cannot be read make the list incomplete: %j',
    (row) => {
      const { rejected, isComplete } = readTenants(onPage(1, [row]));
      expect([rejected.length, isComplete]).toEqual([1, false]);
    },
  );

  it('with one id are all rejected, also when they are equal and when one of them does not fit', () => {
    const same = { id: 'a', name: 'A' };
    for (const [one, other] of [
      [same, same],
      [same, { id: 'a', name: 'B' }],
      [same, { id: 'a', name: '' }],
      [{ id: 'a', name: '' }, same],
    ]) {
      const { tenants, rejected, isComplete } = readTenants(onPage(1, [one, other]));
      expect([tenants, rejected.length, isComplete]).toEqual([[], 2, true]);
      expect(rejected.map((rejection) => rejection.tenantId)).toEqual(['a', 'a']);
    }
  });

  it('with one id on two pages make the list incomplete: it moved while it was read', () => {
    const same = { id: 'a', name: 'A' };
    expect(readTenants([...onPage(1, [same]), ...onPage(2, [same])]).isComplete).toBe(false);
  });
});
