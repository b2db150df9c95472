import { Facts } from '../conditions/index.ts';
import type { DecisionRequest } from '../decision.ts';
import type { DecisionEnv } from '../decision-env.ts';
import type { InstanceTable } from '../instance-table.ts';
import type { Cursor } from './balancer-cursor.ts';
import { buildHashRing, findOnRing } from './hash-ring.ts';

/** The instance that owns a key on the table's ring. */
export function findByKey(table: InstanceTable, cursor: Cursor, key: string): number {
  cursor.ring ??= buildHashRing(table);
  return findOnRing(cursor.ring, key);
}

/** The unit that the service counts by, else the user, else the session, else the tenant, who is always there. */
export function readHashKey(
  table: InstanceTable,
  request: DecisionRequest | null,
  facts: Facts | null,
  env: DecisionEnv,
): string {
  const { hashKey } = table;
  if (request === null) return '';
  const unit = hashKey === null ? '' : hashKey(facts ?? new Facts(request.tenantId, request.metadata, env));
  return unit || request.metadata?.userId || request.metadata?.sessionId || request.tenantId;
}
