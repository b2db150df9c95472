/** PostgreSQL's table locks, weakest first (manual, "Explicit Locking"), by the names `pg_locks.mode` gives them. */
export const LOCK_MODES = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const;

export type LockMode = (typeof LOCK_MODES)[number];

/** What others must wait for while a lock is held, as an operator thinks of it. */
export type Blocking = 'nothing' | 'schema-changes' | 'writes' | 'reads-and-writes';

/** Says whom a lock keeps waiting. Every lock but the weakest three also keeps out other schema changes. */
export function blockingOf(mode: LockMode): Blocking {
  if (mode === 'AccessExclusiveLock') return 'reads-and-writes';
  const strength = LOCK_MODES.indexOf(mode);
  if (strength >= LOCK_MODES.indexOf('ShareLock')) return 'writes';
  return mode === 'ShareUpdateExclusiveLock' ? 'schema-changes' : 'nothing';
}

const BY_WEIGHT: readonly Blocking[] = ['nothing', 'schema-changes', 'writes', 'reads-and-writes'];

/** The heaviest of several; `nothing` of none. */
export function heaviest(blockings: readonly Blocking[]): Blocking {
  return BY_WEIGHT[Math.max(0, ...blockings.map((one) => BY_WEIGHT.indexOf(one)))]!;
}

/** Orders modes, the weaker first. */
export function compareLocks(left: LockMode, right: LockMode): number {
  return LOCK_MODES.indexOf(left) - LOCK_MODES.indexOf(right);
}

/** A lock that a statement takes on a table (view, sequence) or on an index, named as the statement names it. */
export interface ObjectLock {
  readonly name: string;
  readonly kind: 'table' | 'index';
  readonly mode: LockMode;
}

/** One lock per object, the strongest, in the order the objects came. */
export function mergeLocks(locks: readonly ObjectLock[]): ObjectLock[] {
  const merged = new Map<string, ObjectLock>();
  for (const lock of locks) {
    const key = `${lock.kind} ${lock.name}`;
    const known = merged.get(key);
    if (known === undefined || compareLocks(known.mode, lock.mode) < 0) merged.set(key, lock);
  }
  return [...merged.values()];
}
