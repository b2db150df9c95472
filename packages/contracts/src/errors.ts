import { z } from 'zod';

/**
 * Every code the API can answer with: HTTP status and the sentence that stands in `title`.
 * Codes are contracts: they are added, never renamed.
 */
export const errorCodes = {
  BODY_NOT_JSON: { status: 400, title: 'The body is not valid JSON.' },
  BODY_TOO_DEEP: { status: 400, title: 'The body is nested too deeply.' },
  VALIDATION_FAILED: { status: 400, title: 'The request does not fit the contract.' },
  CURSOR_INVALID: { status: 400, title: 'The page cursor does not belong to this list and filter.' },
  PLAN_TOKEN_INVALID: { status: 400, title: 'The plan token was not issued here, or for another request or person.' },
  TOKEN_MISSING: { status: 401, title: 'No bearer token or API key was sent.' },
  TOKEN_INVALID: { status: 401, title: 'The token is malformed, expired, revoked or not ours.' },
  CREDENTIALS_WRONG: { status: 401, title: 'Name and password do not fit.' },
  PERMISSION_DENIED: { status: 403, title: 'The caller lacks the permission for this operation.' },
  TENANT_FORBIDDEN: { status: 403, title: 'The caller may not act for this tenant.' },
  TENANT_INACTIVE: { status: 403, title: 'The tenant is suspended.' },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is no such endpoint.' },
  TENANT_UNKNOWN: { status: 404, title: 'No tenant has this id.' },
  SERVICE_UNKNOWN: { status: 404, title: 'No service has this id.' },
  VERSION_UNKNOWN: { status: 404, title: 'The service has no such version.' },
  INSTANCE_UNKNOWN: { status: 404, title: 'No instance is registered under this id; register it again.' },
  USER_UNKNOWN: { status: 404, title: 'No user has this id.' },
  API_KEY_UNKNOWN: { status: 404, title: 'No API key has this id.' },
  RULE_SET_UNKNOWN: { status: 404, title: 'The service has no published rule set of this number.' },
  RULE_DRAFT_UNKNOWN: { status: 404, title: 'The service has no draft of its rules.' },
  EXPERIMENT_UNKNOWN: { status: 404, title: 'The service has no such experiment.' },
  LANE_UNKNOWN: { status: 404, title: 'No lane has this tag.' },
  HOLD_UNKNOWN: { status: 404, title: 'No hold has this id.' },
  FREEZE_UNKNOWN: { status: 404, title: 'No freeze has this id.' },
  DATA_SOURCE_UNKNOWN: { status: 404, title: 'No data source has this id.' },
  MIGRATIONS_UNKNOWN: { status: 404, title: 'The version brings no migrations for this kind of database.' },
  UPGRADE_UNKNOWN: { status: 404, title: 'No upgrade has this id.' },
  ROUTER_UNKNOWN: { status: 404, title: 'No router of this name is silent.' },
  UPGRADE_BATCH_UNKNOWN: { status: 404, title: 'No batch of upgrades has this id.' },
  BACKUP_UNKNOWN: { status: 404, title: 'No backup has this id.' },
  DATA_SOURCE_MISSING: { status: 404, title: 'The tenant has no data source for this service.' },
  CHANGE_UNKNOWN: { status: 404, title: 'No change has this id.' },
  CHANNEL_UNKNOWN: { status: 404, title: 'No notification channel has this id.' },
  DELIVERY_UNKNOWN: { status: 404, title: 'No delivery has this id; old ones are not kept.' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The endpoint does not know this method.' },
  TENANT_EXISTS: { status: 409, title: 'A tenant has, or once had, this id.' },
  SERVICE_EXISTS: { status: 409, title: 'A service with this id exists.' },
  VERSION_EXISTS: { status: 409, title: 'The service has this version, or this ordinal, already.' },
  VERSION_REFERENCED: { status: 409, title: 'The version is still in use.' },
  VERSION_RETIRED: { status: 409, title: 'The version is retired.' },
  VERSION_NOT_RETIRED: { status: 409, title: 'The version is not retired.' },
  EXPERIMENT_EXISTS: { status: 409, title: 'The service has an experiment with this id.' },
  EXPERIMENT_GROUP_FULL: { status: 409, title: 'The experiments of the group take more than all units.' },
  LANE_REFERENCED: { status: 409, title: 'A rule still leads into the lane.' },
  HOLD_CYCLE: { status: 409, title: 'With the holds there are, this would lead in a circle.' },
  HOLD_LIFTED: { status: 409, title: 'The hold has been lifted already.' },
  ROLLBACK_OF_ROLLBACK: {
    status: 409,
    title: 'A rollback leads here already; rolling it back needs an explicit word.',
  },
  USER_EXISTS: { status: 409, title: 'A user with this name exists.' },
  NOT_REVERTIBLE: { status: 409, title: 'This cannot be written back.' },
  USER_STILL_THERE: { status: 409, title: 'The user still exists; delete it before its name is erased from the log.' },
  LAST_ADMIN: { status: 409, title: 'The last active administrator cannot be removed or demoted.' },
  INSTANCE_TAKEN: { status: 409, title: 'Another service has registered an instance under this id.' },
  IDEMPOTENCY_CONFLICT: { status: 409, title: 'This Idempotency-Key was used for another request.' },
  IDEMPOTENCY_IN_PROGRESS: { status: 409, title: 'The first request with this Idempotency-Key is still running.' },
  TENANT_SYNC_OFF: { status: 409, title: 'No tenant-management service is configured.' },
  TENANT_SYNC_RUNNING: { status: 409, title: 'A tenant sync is running; look at how it ends.' },
  MOVE_REFUSED: { status: 409, title: 'The versions may not change like this; the objections say why.' },
  FROZEN: { status: 409, title: 'A freeze is in force.' },
  INCOMPATIBLE: { status: 409, title: 'The version does not fit the one before it, or another service.' },
  CHANNEL_LIMIT: { status: 409, title: 'There are as many channels as there may be; delete one first.' },
  DELIVERY_ENDED: { status: 409, title: 'The notification was delivered.' },
  SECRETS_KEY_MISSING: { status: 409, title: 'No key for secrets is configured: set GREY_SECRETS_KEY.' },
  DATA_SOURCE_EXISTS: { status: 409, title: 'The tenant has a data source for this service.' },
  MASTER_KEY_MISSING: {
    status: 409,
    title: 'No master key is configured: set GREY_MASTER_KEY or GREY_MASTER_KEY_FILE.',
  },
  MASTER_KEY_UNKNOWN: {
    status: 409,
    title: 'The credentials are encrypted with a master key that is not configured here, or is another one by now.',
  },
  MIGRATIONS_INVALID: { status: 400, title: 'The files are no migration set; the findings say why.' },
  MIGRATIONS_REFUSED: { status: 409, title: 'The policy does not let these migrations run; the findings say why.' },
  MIGRATIONS_APPLIED: {
    status: 409,
    title: 'A tenant has these migrations; bring what is new under a name of its own.',
  },
  SERVICE_AMBIGUOUS: { status: 409, title: 'Several services of the tenant have this version; name one.' },
  UPGRADE_REFUSED: { status: 409, title: 'The tenant may not be upgraded now; the checks say why.' },
  UPGRADE_RUNNING: { status: 409, title: 'An upgrade of this tenant and service is under way.' },
  UPGRADE_STATE: { status: 409, title: 'The upgrade is not in a state in which this can be done.' },
  UPGRADE_BATCH_STATE: { status: 409, title: 'The batch is not in a state in which this can be done.' },
  POINT_OF_NO_RETURN: { status: 409, title: 'Contract has begun; there is no way back but a backup.' },
  DRIFT_CHANGED: { status: 409, title: 'The schema has changed since it was looked at.' },
  BACKUP_NOT_USABLE: { status: 409, title: 'The backup is not complete, not there any more, or not what was written.' },
  ROUTERS_BEHIND: {
    status: 409,
    title: 'A router has not taken over yet which versions the tenant’s schema will serve; nothing was restored.',
  },
  ROUTER_ALIVE: {
    status: 409,
    title: 'The router has reported a short time ago: stop it first, and wait until it has been silent for two leases.',
  },
  PLAN_STALE: { status: 409, title: 'What the plan would change has changed since.' },
  PLAN_EXPIRED: { status: 410, title: 'The plan is too old; make a new one.' },
  HISTORY_TRIMMED: { status: 410, title: 'What happened since that moment is no longer kept.' },
  PRECONDITION_FAILED: { status: 412, title: 'The state is not the one the caller saw.' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is over the limit.' },
  CONTENT_TYPE_UNSUPPORTED: { status: 415, title: 'Send application/json.' },
  VERSION_UNDEFINED: { status: 422, title: 'Neither an assignment nor a default gives this tenant a version.' },
  RULES_INVALID: { status: 422, title: 'The rules have errors; nothing was published.' },
  IMPORT_INVALID: { status: 422, title: 'The text cannot be read as rules.' },
  PRECONDITION_REQUIRED: { status: 428, title: 'Look at the plan first, and send its token.' },
  RATE_LIMITED: { status: 429, title: 'Too many attempts; wait and try again.' },
  INTERNAL_ERROR: { status: 500, title: 'The server failed; the incident is logged under the trace id.' },
  TENANT_SOURCE_FAILED: {
    status: 502,
    title: 'The tenant-management service gave no usable list; nothing was changed.',
  },
  BACKUP_FAILED: { status: 502, title: 'The backup could not be made; there is no file of it.' },
  RESTORE_FAILED: { status: 502, title: 'The backup could not be written back; the detail says how things stand.' },
  NO_INSTANCE: { status: 503, title: 'No instance of the version can answer.' },
  SCHEMA_MISMATCH: { status: 503, title: 'The database schema of the tenant fits no version that may answer.' },
  LANE_NOT_SERVED: { status: 503, title: 'The lane is strict and has no version of this service.' },
  SCHEMA_UNCERTAIN: {
    status: 503,
    title: 'The tenant’s schema may be changing, and this router cannot know: it is cut off.',
  },
  TENANT_DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'The tenant’s database cannot be reached, or does not let us in.',
  },
  SNAPSHOT_MISSING: { status: 503, title: 'The router has no snapshot yet.' },
  SOURCE_UNAVAILABLE: { status: 503, title: 'The registry cannot be read; its last good state stays.' },
  NOT_DURABLE: { status: 503, title: 'Nothing durable could take the rollback; it is not in force.' },
  DATABASE_UNAVAILABLE: { status: 503, title: 'The configuration database cannot be reached; nothing was changed.' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCodes;
export const errorCodeSchema = z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]);

/** One fault in a request: a JSON path such as `body.tags[3]` and what is wrong there. */
export const faultSchema = z.object({ path: z.string(), message: z.string() }).meta({ id: 'Fault' });
export type Fault = z.infer<typeof faultSchema>;

/** What speaks against a change of version, and what would mend it. */
export const objectionSchema = z
  .object({
    code: errorCodeSchema,
    tenantId: z.string().nullable().meta({ description: 'null: everybody whom the change may reach.' }),
    serviceId: z.string(),
    detail: z.string(),
    mend: z.string().nullable(),
    isOverridable: z.boolean(),
  })
  .meta({ id: 'Objection' });
export type Objection = z.infer<typeof objectionSchema>;

/** RFC 9457 problem details, media type `application/problem+json`. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'URI reference of the documentation of the code.' }),
    title: z.string(),
    status: z.int(),
    code: errorCodeSchema,
    detail: z.string().optional(),
    instance: z.string().optional().meta({ description: 'The path that was asked for.' }),
    traceId: z.string().optional(),
    errors: z.array(faultSchema).optional(),
    current: z.unknown().optional().meta({ description: 'With 412: the state as it is now.' }),
    findings: z
      .array(z.unknown())
      .optional()
      .meta({ description: 'With RULES_INVALID, MIGRATIONS_INVALID and MIGRATIONS_REFUSED: what was found.' }),
    objections: z.array(objectionSchema).optional().meta({
      description: 'With MOVE_REFUSED: the first 1 000. With PLAN_STALE: what guards object to, where that is why.',
    }),
    checks: z.array(z.unknown()).optional().meta({ description: 'With UPGRADE_REFUSED: those of the UpgradePlan.' }),
    references: z
      .array(z.unknown())
      .optional()
      .meta({ description: 'With VERSION_REFERENCED: what still refers to it.' }),
    plan: z
      .unknown()
      .optional()
      .meta({ description: 'With PRECONDITION_REQUIRED: a RollbackPlan or LiftPlan, with the token to apply it.' }),
    path: z
      .array(z.string())
      .optional()
      .meta({ description: 'With HOLD_CYCLE: the versions of the circle, the first again at the end.' }),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

/** Builds the problem document of a code. */
export function problemOf(
  code: ErrorCode,
  extra: Partial<Omit<Problem, 'code' | 'status' | 'title' | 'type'>> = {},
): Problem {
  const { status, title } = errorCodes[code];
  return { type: `/api/docs/errors#${code}`, title, status, code, ...extra };
}
