import { isUtf8 } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: 'BODY_NOT_JSON' | 'BODY_TOO_DEEP'; readonly detail?: string };

/**
 * Parses UTF-8 JSON of at most `maxDepth` nested objects and arrays; the depth is known before anything is built. No
 * bytes at all are `undefined`.
 */
export function parseJson(bytes: Buffer, maxDepth: number): ParsedJson {
  if (bytes.length === 0) return { ok: true, value: undefined };
  if (!isUtf8(bytes)) return { ok: false, code: 'BODY_NOT_JSON', detail: 'The body is not valid UTF-8.' };
  if (isDeeperThan(bytes, maxDepth)) {
    return { ok: false, code: 'BODY_TOO_DEEP', detail: `The limit is ${maxDepth} levels.` };
  }
  try {
    const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return { ok: true, value: JSON.parse(bytes.toString('utf8', hasMark ? 3 : 0)) };
  } catch {
    return { ok: false, code: 'BODY_NOT_JSON' };
  }
}

function isDeeperThan(bytes: Buffer, maxDepth: number): boolean {
  return hasMoreOpenings(bytes, maxDepth) && isNestedDeeperThan(bytes, maxDepth);
}

/** What has few brackets cannot be deep; nearly every body is done here, at native speed. */
function hasMoreOpenings(bytes: Buffer, count: number): boolean {
  let left = count;
  for (const opening of [0x7b, 0x5b]) {
    for (let at = bytes.indexOf(opening); at !== -1; at = bytes.indexOf(opening, at + 1)) {
      if (--left < 0) return true;
    }
  }
  return false;
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
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > maxDepth) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}
