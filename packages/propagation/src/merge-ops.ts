import { redisKeys } from '@grey/contracts';
import type { ProjectionOp } from './projection-ops.ts';

const SHARED = new Set<string>([redisKeys.activeTenants, redisKeys.systemTenants]);
/** Even, as fields and values go in pairs. */
const MOST_ARGS = 2_000;

/**
 * The same commands with those on the keys that all tenants share put together: of five commands a tenant two disappear,
 * which a Cluster would answer one by one. For commands of different tenants, whose order does not matter.
 */
export function mergeOps(ops: readonly ProjectionOp[]): ProjectionOp[] {
  const merged: ProjectionOp[] = [];
  const open = new Map<string, string[]>();
  for (const op of ops) {
    if (!SHARED.has(op.key)) {
      merged.push(op);
      continue;
    }
    const name = `${op.command} ${op.key}`;
    const args = open.get(name);
    if (args !== undefined && args.length + op.args.length <= MOST_ARGS) {
      args.push(...op.args);
      continue;
    }
    const own = [...op.args];
    open.set(name, own);
    merged.push({ ...op, args: own });
  }
  return merged;
}
