import type { Condition } from '@grey/route-core';

/** The only tenants that can meet the condition; undefined: it does not say. */
export function tenantsOf(when: Condition | undefined): readonly string[] | undefined {
  if (when === undefined) return undefined;
  if (when.op === 'equals' && when.operand.from === 'tenant') return [String(when.value)];
  if (when.op === 'in' && when.operand.from === 'tenant') return when.values.map(String);
  if (when.op === 'all') {
    for (const part of when.of) {
      const tenants = tenantsOf(part);
      if (tenants !== undefined) return tenants;
    }
    return undefined;
  }
  if (when.op !== 'any' || when.of.length === 0) return undefined;
  const lists = when.of.map(tenantsOf);
  return lists.every((list) => list !== undefined) ? [...new Set(lists.flat())] : undefined;
}
