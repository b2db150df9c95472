/**
 * MurmurHash3, x86, 32 bits (Austin Appleby, public domain), over UTF-8 bytes.
 * The same function in every language of our clients: buckets and digests must agree byte for byte.
 */
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;
const encoder = new TextEncoder();

/** Folds one 32-bit word into a running hash. */
export function mixWord(hash: number, word: number): number {
  let k = Math.imul(word, C1);
  k = (k << 15) | (k >>> 17);
  const h = hash ^ Math.imul(k, C2);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** Spreads a running hash over all bits; `length` is the number of bytes that went in. Signed 32-bit result. */
export function finishHash(hash: number, length: number): number {
  let h = hash ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function mixTail(hash: number, tail: number): number {
  const k = Math.imul(tail, C1);
  return hash ^ Math.imul((k << 15) | (k >>> 17), C2);
}

/** Hash of bytes, unsigned. */
export function murmurHash3Bytes(bytes: Uint8Array, seed = 0): number {
  const length = bytes.length;
  const whole = length & ~3;
  let h = seed | 0;
  for (let i = 0; i < whole; i += 4) {
    h = mixWord(h, bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
  }
  let tail = 0;
  for (let i = length - 1; i >= whole; i--) tail = (tail << 8) | bytes[i]!;
  if (length > whole) h = mixTail(h, tail);
  return finishHash(h, length) >>> 0;
}

/** Hash of a string's UTF-8 bytes, unsigned. ASCII, nearly every id, is read in place; the rest is encoded first. */
export function murmurHash3(text: string, seed = 0): number {
  const length = text.length;
  const whole = length & ~3;
  let h = seed | 0;
  let seen = 0;
  for (let i = 0; i < whole; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    seen |= a | b | c | d;
    h = mixWord(h, a | (b << 8) | (c << 16) | (d << 24));
  }
  let tail = 0;
  for (let i = length - 1; i >= whole; i--) {
    const code = text.charCodeAt(i);
    seen |= code;
    tail = (tail << 8) | code;
  }
  if (seen > 0x7f) return murmurHash3Bytes(encoder.encode(text), seed);
  if (length > whole) h = mixTail(h, tail);
  return finishHash(h, length) >>> 0;
}

/** A text whose hash has been begun, to be continued with many others. */
export interface HashPrefix {
  readonly text: string;
  readonly hash: number;
  /** Bytes that did not fill a word, and how many. */
  readonly carry: number;
  readonly carryLength: number;
  readonly isAscii: boolean;
}

export function beginHash(text: string): HashPrefix {
  const whole = text.length & ~3;
  let hash = 0;
  let seen = 0;
  let carry = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    seen |= code;
    carry |= code << ((i & 3) << 3);
    if ((i & 3) !== 3) continue;
    hash = mixWord(hash, carry);
    carry = 0;
  }
  return { text, hash, carry, carryLength: text.length - whole, isAscii: seen < 0x80 };
}

/** `murmurHash3(prefix.text + text)` without joining the two, which would cost more than the hash. */
export function continueHash(prefix: HashPrefix, text: string): number {
  const { length } = text;
  const whole = length & ~3;
  const shift = prefix.carryLength << 3;
  let { hash, carry } = prefix;
  let seen = prefix.isAscii ? 0 : 0x80;
  for (let i = 0; i < whole; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    seen |= a | b | c | d;
    const word = a | (b << 8) | (c << 16) | (d << 24);
    hash = mixWord(hash, carry | (word << shift));
    // In two steps, as a shift by 32 would be a shift by 0.
    carry = (word >>> 1) >>> (31 - shift);
  }
  let filled = shift;
  for (let i = whole; i < length; i++) {
    const code = text.charCodeAt(i);
    seen |= code;
    carry |= code << filled;
    filled += 8;
    if (filled !== 32) continue;
    hash = mixWord(hash, carry);
    carry = 0;
    filled = 0;
  }
  if (seen > 0x7f) return murmurHash3(prefix.text + text);
  if (filled > 0) hash = mixTail(hash, carry);
  return finishHash(hash, prefix.text.length + length) >>> 0;
}
