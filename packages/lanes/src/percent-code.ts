const PERCENT = 0x25;

/** Text as percent-encoded UTF-8, ASCII only. A lone surrogate becomes U+FFFD: there is no UTF-8 of it. Never throws. */
export function encodeText(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/**
 * Undoes percent-encoding. Never throws: bytes that are no UTF-8 become U+FFFD, as W3C Baggage asks, and a `%` without two
 * digits stays. `+` is a plus; everything else is taken as it stands.
 */
export function decodeText(text: string): string {
  if (!text.includes('%')) return text.toWellFormed();
  const bytes = Buffer.from(text.toWellFormed());
  const decoded = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    const high = byte === PERCENT ? digitOf(bytes[i + 1]) : -1;
    const low = high < 0 ? -1 : digitOf(bytes[i + 2]);
    if (low < 0) decoded[length++] = byte;
    else {
      decoded[length++] = high * 16 + low;
      i += 2;
    }
  }
  return decoded.toString('utf8', 0, length);
}

/** Value of a hexadecimal digit by its character code, else -1. */
function digitOf(code: number | undefined): number {
  if (code === undefined) return -1;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
