import type { CompatibilityMatrix } from './compatibility-matrix.ts';

/** Tenants with the same versions of the services in question. */
export interface StateGroup {
  /** Assignments by service; a service that is missing follows its default. */
  readonly versions: ReadonlyMap<string, string>;
  readonly tenantCount: number;
  /** The first ids. */
  readonly examples: readonly string[];
}

/** What moves are judged by, read in sets. Only what the moves need is there. */
export interface GuardedState {
  readonly matrix: CompatibilityMatrix;
  /** Versions of the default by service, those without weight left out. */
  readonly defaults: ReadonlyMap<string, readonly string[]>;
  /** Versions that can be assigned by service, oldest first. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  /** How many tenants are assigned which version, by service; for services in which everybody may be moved. */
  readonly assigned: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Assignments by tenant and service, of tenants that are named. */
  readonly tenants: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** All tenants; and one group without assignments, for tenants that nobody knows. */
  readonly everybody: readonly StateGroup[];
}
