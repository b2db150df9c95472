/**
 * The number that a value is or writes: a finite number, or text of digits with an optional minus before and an optional
 * decimal fraction after them (`7`, `-0.5`; no blanks, no exponent, no other base). NaN for anything else.
 */
export function readNumber(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN;
  if (typeof value === 'string') return isDecimal(value) ? Number(value) : Number.NaN;
  return typeof value === 'bigint' ? Number(value) : Number.NaN;
}

function isDecimal(text: string): boolean {
  const start = text.charCodeAt(0) === 0x2d ? 1 : 0;
  const whole = skipDigits(text, start);
  if (whole === start) return false;
  if (whole === text.length) return true;
  return text.charCodeAt(whole) === 0x2e && whole + 1 < text.length && skipDigits(text, whole + 1) === text.length;
}

function skipDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) break;
    at++;
  }
  return at;
}

/** So many digits stay a small integer, whose remainder is the quickest. */
const SMALL_DIGITS = 9;
/** So many digits stay exact in a double. */
const SAFE_DIGITS = 15;
/** Nobody counts further; what is longer is no number but an attempt to keep us busy. */
const MOST_DIGITS = 1000;
/** Up to here, a remainder and one more digit stay exact in a double. */
export const GREATEST_DIVISOR = 900_000_000_000_000;

/** The whole number from 0 that a value is or writes in digits (at most 1 000), or null. */
export function readWhole(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : null;
  if (typeof value === 'string') return isWhole(value) ? BigInt(value) : null;
  return typeof value === 'bigint' && value >= 0n ? value : null;
}

function isWhole(text: string): boolean {
  return text !== '' && text.length <= MOST_DIGITS && skipDigits(text, 0) === text.length;
}

/**
 * The remainder of a whole number from 0 (as a number, or written in at most 1 000 digits), -1 for anything else.
 * @param divisor a whole number, 1 to GREATEST_DIVISOR
 */
export function readRemainder(value: unknown, divisor: number): number {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value % divisor : -1;
  if (typeof value !== 'string') return -1;
  if (value.length <= SMALL_DIGITS) {
    const small = readSmall(value);
    return small < 0 ? -1 : small % divisor;
  }
  if (!isWhole(value)) return -1;
  if (value.length <= SAFE_DIGITS) return Number(value) % divisor;
  let remainder = 0;
  for (let i = 0; i < value.length; i++) remainder = (remainder * 10 + value.charCodeAt(i) - 0x30) % divisor;
  return remainder;
}

/** The number that up to nine digits write, -1 for anything else. */
function readSmall(text: string): number {
  if (text === '') return -1;
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
