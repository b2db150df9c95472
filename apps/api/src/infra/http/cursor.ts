import { createHash } from 'node:crypto';
import { ApiError } from './api-error.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * A page cursor: where the last page ended, bound to the list and filter it was made for. It carries no authority, so it
 * is not signed; a forged one shows nothing the caller could not ask for.
 */
export function makeCursor(scope: unknown, last: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([fingerprint(scope), ...last])).toString('base64url');
}

/** @returns where to go on, undefined for the first page @throws ApiError CURSOR_INVALID */
export function readCursor(
  scope: unknown,
  cursor: string | undefined,
  kinds: readonly ('text' | 'count')[],
): (string | number)[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [print, ...last] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const isSound = kinds.every((kind, index) => isOfKind(kind, last[index]));
    if (print === fingerprint(scope) && last.length === kinds.length && isSound) return last as (string | number)[];
  } catch {
    // falls through: whatever cannot be read was not made here
  }
  throw new ApiError('CURSOR_INVALID');
}

function isOfKind(kind: 'text' | 'count', value: unknown): boolean {
  if (kind === 'count') return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}

/** Cuts a page out of `limit + 1` rows. */
export function pageOfRows<R, T>(
  rows: readonly R[],
  limit: number,
  scope: unknown,
  last: (row: R) => readonly (string | number)[],
  show: (row: R) => T,
): { items: T[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const end = items.at(-1);
  return {
    items: items.map(show),
    nextCursor: rows.length > limit && end !== undefined ? makeCursor(scope, last(end)) : null,
  };
}

function fingerprint(scope: unknown): string {
  return createHash('sha256').update(canonicalJson(scope)).digest('base64url').slice(0, 12);
}
