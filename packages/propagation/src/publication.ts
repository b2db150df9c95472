import type { Position, Snapshot, SnapshotDelta, TenantStatus } from '@grey/route-core';

/** A tenant as readers of the projection see it. */
export interface TenantProfile {
  readonly id: string;
  readonly name: string;
  readonly status: TenantStatus;
  readonly tier: string | null;
  readonly region: string | null;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** A change of the log, with what routers (`delta`) and the projection (`tenants`) need of it. Its position is the delta's. */
export interface PublishedChange {
  /** `epoch-revision` */
  readonly changeId: string;
  /** When it was committed, ISO 8601. */
  readonly at: string;
  readonly delta: SnapshotDelta;
  readonly tenants: { readonly upsert: readonly TenantProfile[]; readonly remove: readonly string[] };
}

/** The whole state at the snapshot's position. */
export interface PublishedState {
  readonly snapshot: Snapshot;
  readonly tenants: Iterable<TenantProfile>;
}

/** The log, as publishing reads it. Every method may throw when the database is away. */
export interface PublicationSource {
  currentPosition(): Promise<Position>;
  /** The changes after a position in order; `'reset'` when they cannot be had (another epoch, too far behind). */
  loadChanges(after: Position): Promise<readonly PublishedChange[] | 'reset'>;
  loadAll(): Promise<PublishedState>;
}

/** What this package says to a log; Nest's `Logger` and pino-like loggers fit with a line each. */
export interface PropagationLogger {
  info(message: string): void;
  warn(message: string, error?: unknown): void;
  /** Somebody must act now. */
  error(message: string, error?: unknown): void;
}

/** Orders positions: epochs sort as texts, by time; revisions within. Negative when `a` is the older. */
export function comparePositions(a: Position, b: Position): number {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
  return a.revision - b.revision;
}

export function formatPosition({ epoch, revision }: Position): string {
  return `${epoch}/${revision}`;
}
