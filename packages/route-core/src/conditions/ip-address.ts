/** An IP address as numbers. v4-mapped addresses (`::ffff:10.0.0.1`) are v4. */
export type Address =
  | { readonly family: 4; readonly value: number }
  /** Four words of 32 bits, unsigned, the highest first. */
  | { readonly family: 6; readonly words: readonly [number, number, number, number] };

const MAPPED = 0xffff;

/**
 * The address that a text writes (RFC 4291 for v6), or null. Octets with leading zeros, zone ids, ports and blanks make it
 * none: what one reader takes for octal and another for decimal must not open a door.
 */
export function parseAddress(text: string): Address | null {
  if (text.length > 45) return null;
  if (text.includes(':')) return parseV6(text);
  const value = parseV4(text, 0, text.length);
  return value < 0 ? null : { family: 4, value };
}

/** The four octets of text[from, to) as an unsigned number, -1 for none. */
export function parseV4(text: string, from: number, to: number): number {
  let value = 0;
  let octets = 0;
  let at = from;
  for (;;) {
    const start = at;
    let octet = 0;
    while (at < to) {
      const digit = text.charCodeAt(at) - 0x30;
      if (digit < 0 || digit > 9) break;
      octet = octet * 10 + digit;
      at++;
    }
    const length = at - start;
    if (length === 0 || length > 3 || octet > 255 || (length > 1 && text.charCodeAt(start) === 0x30)) return -1;
    value = value * 256 + octet;
    octets++;
    if (at === to) return octets === 4 ? value : -1;
    if (octets === 4 || text.charCodeAt(at) !== 0x2e) return -1;
    at++;
  }
}

/** The groups of the address that is being read; reading is synchronous and keeps none. */
const groups = new Uint16Array(8);

function parseV6(text: string): Address | null {
  let count = 0;
  let gap = -1;
  let at = 0;
  if (text.startsWith('::')) {
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    const colon = text.indexOf(':', at);
    const end = colon < 0 ? text.length : colon;
    if (colon < 0 && text.includes('.', at)) {
      const v4 = parseV4(text, at, end);
      if (v4 < 0 || count > 6) return null;
      groups[count++] = v4 >>> 16;
      groups[count++] = v4 & 0xffff;
      break;
    }
    const group = parseGroup(text, at, end);
    if (group < 0 || count === 8) return null;
    groups[count++] = group;
    if (colon < 0) break;
    at = colon + 1;
    if (text.charCodeAt(at) === 0x3a) {
      if (gap >= 0) return null;
      gap = count;
      at++;
    } else if (at === text.length) return null;
  }
  return fromGroups(count, gap);
}

/** 1 to 4 hexadecimal digits of text[from, to), -1 for anything else. */
function parseGroup(text: string, from: number, to: number): number {
  if (to === from || to - from > 4) return -1;
  let value = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    const lower = code | 0x20;
    let digit = -1;
    if (code >= 0x30 && code <= 0x39) digit = code - 0x30;
    else if (lower >= 0x61 && lower <= 0x66) digit = lower - 0x57;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** @param gap where `::` stands among the groups, -1 for nowhere; it is worth at least one group */
function fromGroups(count: number, gap: number): Address | null {
  if (gap < 0 ? count !== 8 : count > 7) return null;
  const a = wordAt(0, count, gap);
  const b = wordAt(2, count, gap);
  const c = wordAt(4, count, gap);
  const d = wordAt(6, count, gap);
  if (a === 0 && b === 0 && c === MAPPED) return { family: 4, value: d };
  return { family: 6, words: [a, b, c, d] };
}

function wordAt(i: number, count: number, gap: number): number {
  return groupAt(i, count, gap) * 0x10000 + groupAt(i + 1, count, gap);
}

/** The group at a place of the full address: those after the gap stand at its end. */
function groupAt(i: number, count: number, gap: number): number {
  if (gap < 0 || i < gap) return groups[i]!;
  const behind = i - (8 - count);
  return behind < gap ? 0 : groups[behind]!;
}
