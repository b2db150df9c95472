/** Where the tenant's schema stood before the upgrade; noted by preflight. */
export const FLOOR = 'floor';
/** Nothing was recorded of the schema before; noted by mark. */
export const IS_FIRST = 'isFirstRecord';
/** Position of the change that marked the schema: every router must know of it before contract. */
export const MARKED_AT = 'markedAt';
/** Position of the change that marked it once more, after it had been unmarked at the end. */
export const REMARKED_AT = 'remarkedAt';
/** What the tenant was assigned before, `{ cell: { version, isPinned } | null }`. */
export const SWITCHED_FROM = 'switchedFrom';
/** What the soak's hook said, and since when it says nothing. */
export const HOOK = 'soakHook';
/** Position of the change after which the old version is refused. */
export const FENCED_AT = 'fencedAt';

/** What an earlier try has noted is not true of the next one. */
export const FORGOTTEN = {
  [FLOOR]: null,
  [IS_FIRST]: null,
  [MARKED_AT]: null,
  [REMARKED_AT]: null,
  [SWITCHED_FROM]: null,
  [HOOK]: null,
  [FENCED_AT]: null,
} as const;
