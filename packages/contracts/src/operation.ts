import type { z } from 'zod';
import type { ErrorCode } from './errors.ts';
import type { Permission, RequiredPermission } from './permissions.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One operation of the API. The table of these is the only place that knows paths, permissions and shapes: controllers,
 * openapi.json, the console's client and the access tests are all made from it.
 */
export interface Operation {
  readonly id: string;
  readonly method: HttpMethod;
  /** OpenAPI form: `/api/tenants/{tenantId}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly permission: RequiredPermission;
  /** What parts of the input need beyond that. */
  readonly mayNeed?: readonly Permission[];
  /** Where the tenant that the caller must be allowed for is named; lists are narrowed to the caller's tenants. */
  readonly tenantIn?: 'path' | 'body' | 'list';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Answers with an ETag; `If-Match` is honoured on writes. */
  readonly hasEtag?: boolean;
  /** A POST that changes something: `Idempotency-Key` makes a repetition harmless. */
  readonly isIdempotent?: boolean;
  /** Changes configuration: `?wait=converged` holds the answer back until every router has the change. */
  readonly canWait?: boolean;
  readonly success: {
    readonly status: number;
    readonly schema?: z.ZodType;
    readonly contentType?: string;
    readonly description?: string;
  };
  /** What it answers with when the request asks for it, such as a dry run. */
  readonly also?: { readonly status: number; readonly schema: z.ZodType; readonly description: string };
  /** Codes of its own, beyond those every operation shares. */
  readonly errors: readonly ErrorCode[];
}

/** Errors that any operation with a body, a token or parameters may answer with. */
export function errorsOf(operation: Operation): ErrorCode[] {
  const codes = new Set<ErrorCode>(operation.errors);
  if (operation.permission !== 'public') codes.add('TOKEN_MISSING').add('TOKEN_INVALID');
  if (operation.permission !== 'public' && operation.permission !== 'authenticated') codes.add('PERMISSION_DENIED');
  if (operation.tenantIn) codes.add('TENANT_FORBIDDEN');
  if (operation.params || operation.query || operation.body || operation.canWait) codes.add('VALIDATION_FAILED');
  if (operation.body)
    codes.add('BODY_NOT_JSON').add('BODY_TOO_DEEP').add('BODY_TOO_LARGE').add('CONTENT_TYPE_UNSUPPORTED');
  if (operation.hasEtag && operation.method !== 'GET') codes.add('PRECONDITION_FAILED');
  if (operation.isIdempotent) codes.add('IDEMPOTENCY_CONFLICT').add('IDEMPOTENCY_IN_PROGRESS');
  return [...codes];
}
