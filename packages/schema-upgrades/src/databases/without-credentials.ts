import type { DataSourceAddress } from '../migration.ts';

/** Causes and parts of an error that are gone through. */
const MOST_PARTS = 20;

/**
 * The same error, in which nobody reads who was let in or not: servers quote the user in what they refuse. Changes the texts of
 * the error and of all that it was caused by, as logs show these too.
 */
export function withoutCredentials(
  error: unknown,
  { user, password }: Pick<DataSourceAddress, 'user' | 'password'>,
): unknown {
  const parts: unknown[] = [error];
  for (let at = 0; at < parts.length && at < MOST_PARTS; at += 1) {
    const part = parts[at];
    if (!(part instanceof Error)) continue;
    part.message = scrub(part.message, user, password);
    if (part.stack !== undefined) part.stack = scrub(part.stack, user, password);
    const said = part as { sqlMessage?: unknown };
    if (typeof said.sqlMessage === 'string') said.sqlMessage = scrub(said.sqlMessage, user, password);
    parts.push(part.cause, ...(part instanceof AggregateError ? part.errors : []));
  }
  return error;
}

/** A user is quoted wherever servers name it; unquoted, a short one would be found in the middle of words. */
function scrub(text: string, user: string, password: string): string {
  let clean = text;
  for (const quote of ['"', "'", '`']) clean = clean.replaceAll(`${quote}${user}${quote}`, `${quote}…${quote}`);
  return password.length < 4 ? clean : clean.replaceAll(password, '…');
}
