import type { DataSourceAddress, Migration } from '../migration.ts';

/** What a child is to run, and when to die. */
export interface ChildOrder {
  readonly address: DataSourceAddress;
  readonly migrations: readonly Migration[];
  readonly runId: string;
  /** Number of the event to die at, from 0. */
  readonly killAt: number;
  /** So long after it, in milliseconds; 0 is at once, before anything that follows is sent. */
  readonly afterMs: number;
}

/** A tenant is called as its schema is, or its database where it has none. */
export function tenantOf(address: DataSourceAddress): string {
  return address.schema ?? address.database;
}
