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

function parseV6(text: string): Address | null {
  const groups: number[] = [];
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
      if (v4 < 0) return null;
      groups.push(v4 >>> 16, v4 & 0xffff);
      break;
    }
    const group = parseGroup(text, at, end);
    if (group < 0 || groups.length === 8) return null;
    groups.push(group);
    if (colon < 0) break;
    at = colon + 1;
    if (text.charCodeAt(at) === 0x3a) {
      if (gap >= 0) return null;
      gap = groups.length;
      at++;
    } else if (at === text.length) return null;
  }
  return fromGroups(groups, gap);
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
function fromGroups(groups: number[], gap: number): Address | null {
  if (gap < 0 ? groups.length !== 8 : groups.length > 7) return null;
  if (gap >= 0) groups.splice(gap, 0, ...new Array<number>(8 - groups.length).fill(0));
  const word = (i: number): number => groups[2 * i]! * 0x10000 + groups[2 * i + 1]!;
  if (word(0) === 0 && word(1) === 0 && word(2) === MAPPED) return { family: 4, value: word(3) };
  return { family: 6, words: [word(0), word(1), word(2), word(3)] };
}
