import { ApiError } from './api-error.ts';

/** Strong entity tag of a row version. */
export function etagOf(rowVersion: number | bigint): string {
  return `"${rowVersion}"`;
}

/**
 * Reads `If-Match`: the tags listed, or undefined when there is no precondition (`*` is met by anything that exists).
 *
 * @throws ApiError VALIDATION_FAILED when the header is no list of entity tags
 */
export function parseIfMatch(header: string | undefined): readonly string[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = header.split(',').map((one) => one.trim());
  if (!tags.every((one) => /^(W\/)?"[\x21\x23-\x7e]*"$/.test(one)))
    throw new ApiError('VALIDATION_FAILED', {
      errors: [{ path: 'headers.If-Match', message: 'is not a list of entity tags' }],
    });
  return tags;
}

/**
 * Weak tags never match, as RFC 9110 has it for If-Match.
 *
 * @throws ApiError PRECONDITION_FAILED with the current state
 */
export function assertMatch(ifMatch: readonly string[] | undefined, current: { readonly etag: string }): void {
  if (ifMatch !== undefined && !ifMatch.includes(current.etag)) throw new ApiError('PRECONDITION_FAILED', { current });
}
