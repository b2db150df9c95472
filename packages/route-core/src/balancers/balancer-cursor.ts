import type { DecisionEnv } from '../decision-env.ts';
import type { InstanceTable, Turn } from '../instance-table.ts';
import { type HashRing, isRingOf } from './hash-ring.ts';

/** Where the balancers of one environment stand in one table. */
export interface Cursor {
  table: InstanceTable;
  /** Whose turn it is in the plain round. */
  next: number;
  /** nginx's current weights, beside the table's instances. */
  current: number[];
  /** The same for the turn of `health_aware`; null before its first. */
  aware: number[] | null;
  /** The same among those that least connections finds equal; null before its first. */
  tied: number[] | null;
  /** How many requests were sent to each instance since the table came; null before the first by least connections. */
  sent: number[] | null;
  /** Built when first asked for, as most tables need none. */
  ring: HashRing | null;
}

/** Found by name, so that it outlives a reload; when instances came or went, those that stayed keep their current weight. */
export function findCursor(table: InstanceTable, env: DecisionEnv): Cursor {
  let versions = env.cursors.get(table.serviceId);
  if (versions === undefined) {
    versions = new Map();
    env.cursors.set(table.serviceId, versions);
  }
  let cursor = versions.get(table.version) as Cursor | undefined;
  if (cursor === undefined) {
    cursor = { table, next: 0, current: startTurn(table), aware: null, tied: null, sent: null, ring: null };
    versions.set(table.version, cursor);
  } else if (cursor.table !== table) {
    moveCursor(cursor, table);
  }
  table.cursorOwner = env;
  table.cursor = cursor;
  return cursor;
}

export function startTurn({ instances }: Turn): number[] {
  return instances.map(() => 0);
}

function moveCursor(cursor: Cursor, table: InstanceTable): void {
  const before = cursor.table;
  cursor.current = keepPlaces(cursor.current, before, table);
  if (cursor.aware !== null) cursor.aware = keepPlaces(cursor.aware, before.aware, table.aware);
  if (cursor.tied !== null) cursor.tied = keepPlaces(cursor.tied, before, table);
  // What was sent is meanwhile part of what the instances report.
  cursor.sent = null;
  if (cursor.ring !== null && !isRingOf(cursor.ring, table)) cursor.ring = null;
  cursor.table = table;
}

function keepPlaces(places: readonly number[], before: Turn, after: Turn): number[] {
  const kept = new Map(before.instances.map((instance, i) => [instance.instanceId, places[i]!]));
  return after.instances.map((instance) => kept.get(instance.instanceId) ?? 0);
}
