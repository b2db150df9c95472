/** 256 random bits, hex: a signing key that nobody has to think up. */
export function makeSecret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
