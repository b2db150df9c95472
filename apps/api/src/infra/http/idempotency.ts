import { createHash } from 'node:crypto';
import type { Operation } from '@grey/contracts';
import { ApiError } from './api-error.ts';
import { canonicalJson } from './canonical-json.ts';

/** The promise made to whoever sends an Idempotency-Key: the same key and request have one effect and one answer. */
export interface IdempotencyClaim {
  readonly callerId: string;
  readonly key: string;
  readonly operation: string;
  /** SHA-256 over operation, path parameters and body. */
  readonly requestHash: string;
}

/**
 * Reads the claim of a request.
 *
 * @param parsed the parsed input: two bodies that differ only in layout are the same request
 * @throws ApiError VALIDATION_FAILED when the key is not 1–128 printable ASCII characters
 */
export function claimOf(
  header: string | undefined,
  operation: Operation,
  callerId: string,
  parsed: unknown,
): IdempotencyClaim | undefined {
  if (header === undefined || operation.isIdempotent !== true) return undefined;
  if (!/^[\x21-\x7e]{1,128}$/.test(header))
    throw new ApiError('VALIDATION_FAILED', {
      errors: [{ path: 'headers.Idempotency-Key', message: 'use 1–128 printable ASCII characters' }],
    });
  const requestHash = createHash('sha256')
    .update(`${operation.id}\n${canonicalJson(parsed)}`)
    .digest('hex');
  return { callerId, key: header, operation: operation.id, requestHash };
}
