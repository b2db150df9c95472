import { expect, test } from 'vitest';
import { digestOf } from './planned-waves.ts';

const at = (version: string) => ({ version, schemaVersion: 0, expandedTo: 0 });
const members = (...ids: string[]) => ids.map((tenantId) => ({ tenantId }));

test('a plan stands and falls with who is in which wave and from where, not with the order in a wave', () => {
  const tenants = new Map(['a', 'b', 'c'].map((id) => [id, at('v1')]));
  const digest = digestOf([members('a', 'b'), members('c')], tenants);
  expect(digestOf([members('b', 'a'), members('c')], tenants)).toBe(digest);
  expect(digestOf([members('a'), members('b', 'c')], tenants)).not.toBe(digest);
  expect(digestOf([members('a', 'b'), members('c')], new Map(tenants).set('b', at('v0')))).not.toBe(digest);
});
