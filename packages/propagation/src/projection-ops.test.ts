import { redisKeys } from '@grey/contracts';
import { makeSnapshotSource, seededRandom } from '@grey/testkit';
import { describe, expect, it } from 'vitest';
import { mergeOps } from './merge-ops.ts';
import { packOps } from './pack-ops.ts';
import { opsOfChange, opsOfTenant, type ProjectionOp, projectTenant, tenantsOfChange } from './projection-ops.ts';
import { MemoryLog } from './testing/memory-log.ts';

/** Redis' hashes and sets, as far as the projection needs them. */
function applyTo(store: Map<string, Map<string, string>>, ops: Iterable<ProjectionOp>): void {
  for (const { command, key, args } of ops) {
    const held = store.get(key) ?? new Map<string, string>();
    if (command === 'DEL') held.clear();
    if (command === 'HSET') for (let at = 0; at < args.length; at += 2) held.set(args[at]!, args[at + 1]!);
    if (command === 'SADD') for (const one of args) held.set(one, '');
    if (command === 'HDEL' || command === 'SREM') for (const one of args) held.delete(one);
    if (held.size === 0) store.delete(key);
    else store.set(key, held);
  }
}

describe('the commands of a change', () => {
  it('lead, change by change, to what the state says, over a random history', () => {
    const random = seededRandom(11);
    const pick = (count: number) => Math.floor(random() * count);
    const log = new MemoryLog(makeSnapshotSource({ tenantCount: 8, serviceCount: 3 }));
    const grown = new Map<string, Map<string, string>>();
    for (const id of log.profiles.keys())
      applyTo(grown, opsOfTenant(id, projectTenant(log.snapshot, id, log.profiles.get(id))));
    for (let i = 0; i < 400; i++) {
      const tenantId = `t${pick(10)}`;
      const cell = { tenantId, serviceId: `service-${pick(3)}` };
      const all = [0, 1, 2].map((n) => ({ tenantId, serviceId: `service-${n}` }));
      const isThere = log.profiles.has(tenantId);
      const status = pick(2) === 0 ? 'active' : 'suspended';
      const draft = [
        isThere
          ? { tenants: { remove: [tenantId] }, assignments: { remove: all }, schemas: { remove: all } }
          : { tenants: { upsert: [{ id: tenantId, status } as const] } },
        { tenants: { upsert: [{ id: tenantId, status } as const] } },
        isThere ? { assignments: { upsert: [{ ...cell, version: `v${pick(4)}`, isPinned: false }] } } : {},
        { assignments: { remove: [cell] } },
        isThere ? { schemas: { upsert: [{ ...cell, schemaVersion: pick(9) }] } } : {},
        { schemas: { remove: [cell] } },
      ][pick(6)]!;
      const change = log.commit(draft);
      applyTo(grown, opsOfChange(change));
      expect([...tenantsOfChange(change)].every((id) => id === tenantId)).toBe(true);
    }
    const fresh = new Map<string, Map<string, string>>();
    for (const [id, profile] of log.profiles) applyTo(fresh, opsOfTenant(id, projectTenant(log.snapshot, id, profile)));
    expect(grown).toEqual(fresh);
  });

  it('are packed with each key declared once, in chunks that stay short', () => {
    const ops: ProjectionOp[] = Array.from({ length: 100 }, (_, i) => ({
      command: 'SADD',
      key: `k${i % 7}`,
      args: [`${i}`, 'x'],
    }));
    const chunks = packOps(ops, 2, 50);
    expect(chunks.length).toBeGreaterThan(5);
    const unpacked: ProjectionOp[] = [];
    for (const { keys, args } of chunks) {
      expect(new Set(keys).size).toBe(keys.length);
      expect(args.length).toBeLessThanOrEqual(60);
      for (let at = 0; at < args.length; ) {
        const [command, key, count] = [args[at]!, keys[Number(args[at + 1]) - 2]!, Number(args[at + 2])];
        unpacked.push({ command: command as 'SADD', key, args: args.slice(at + 3, at + 3 + count) });
        at += 3 + count;
      }
    }
    expect(unpacked).toEqual(ops);
  });

  it('come to the same when those on shared keys are put together', () => {
    const log = new MemoryLog(makeSnapshotSource({ tenantCount: 2_500, serviceCount: 1 }));
    const ops = [...log.profiles].flatMap(([id, profile]) => opsOfTenant(id, projectTenant(log.snapshot, id, profile)));
    const merged = mergeOps(ops);
    const [one, other] = [new Map(), new Map()];
    applyTo(one, ops);
    applyTo(other, merged);
    expect(other).toEqual(one);
    expect(merged.filter(({ key }) => key === redisKeys.activeTenants)).toHaveLength(2);
    expect(Math.max(...merged.map(({ args }) => args.length))).toBeLessThanOrEqual(2_000);
  });
});
