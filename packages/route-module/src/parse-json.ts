import { isUtf8 } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = 0x7b;

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: 'BODY_NOT_JSON' | 'BODY_TOO_DEEP'; readonly detail?: string };

/**
 * Parses UTF-8 JSON of at most `maxDepth` nested objects and arrays; the depth is known before anything is built. No
 * bytes at all are `undefined`.
 */
export function parseJson(bytes: Buffer, maxDepth: number): ParsedJson {
  if (bytes.length === 0) return { ok: true, value: undefined };
  // One look at each byte settles nearly every body: what has few brackets cannot be deep, and ASCII is valid UTF-8.
  let openings = 0;
  let bits = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    bits |= byte;
    // { and [ differ in one bit.
    if ((byte | 0x20) === OPENING) openings++;
  }
  const isAscii = bits < 0x80;
  if (!isAscii && !isUtf8(bytes)) return { ok: false, code: 'BODY_NOT_JSON', detail: 'The body is not valid UTF-8.' };
  if (openings > maxDepth && isNestedDeeperThan(bytes, maxDepth)) {
    return { ok: false, code: 'BODY_TOO_DEEP', detail: `The limit is ${maxDepth} levels.` };
  }
  try {
    return { ok: true, value: JSON.parse(isAscii ? bytes.toString('latin1') : withoutMark(bytes)) };
  } catch {
    return { ok: false, code: 'BODY_NOT_JSON' };
  }
}

function withoutMark(bytes: Buffer): string {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString('utf8', hasMark ? 3 : 0);
}

function isNestedDeeperThan(bytes: Buffer, maxDepth: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (isInString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (byte === OPENING || byte === 0x5b) {
      if (++depth > maxDepth) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}
