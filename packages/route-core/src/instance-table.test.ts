import { describe, expect, it } from 'vitest';
import { normalizeInstances } from './instance-table.ts';
import type { InstanceRecord } from './records.ts';

const instance = (instanceId: string, more: Partial<InstanceRecord> = {}): InstanceRecord => ({
  serviceId: 'pay',
  instanceId,
  version: 'v1',
  address: 'a:1',
  weight: 1,
  health: 'healthy',
  isEnabled: true,
  ...more,
});

describe('a list of instances', () => {
  it('is sorted by id, with the last of each', () => {
    const list = normalizeInstances([instance('b'), instance('c'), instance('a'), instance('b', { weight: 2 })]);
    expect(list.map(({ instanceId, weight }) => [instanceId, weight])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ]);
  });

  it('is a copy, tags included, that nobody can write into', () => {
    const tags = ['x'];
    const given = instance('a', { tags });
    const [copy] = normalizeInstances([given]);
    expect(copy).toEqual(given);
    tags.push('y');
    expect(copy?.tags).toEqual(['x']);
    expect([Object.isFrozen(copy), Object.isFrozen(copy?.tags)]).toEqual([true, true]);
    expect(Object.isFrozen(given)).toBe(false);
  });

  it('has no tags where none were given', () => {
    expect(Object.keys(normalizeInstances([instance('a')])[0]!)).not.toContain('tags');
  });
});
