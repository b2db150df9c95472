import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * The variant (0 or 1) that a router in Java gives by `Math.abs(md5Hex(tenantId + experimentId).hashCode()) % 2 == 0`: the
 * two ids joined without a separator, MD5 of their UTF-8 bytes in 32 lower-case digits, `String.hashCode` of that text.
 */
export function variantByMd5(tenantId: string, experimentId: string): 0 | 1 {
  const digest = bytesToHex(md5(utf8ToBytes(tenantId + experimentId)));
  // Math.abs(Integer.MIN_VALUE) stays negative in Java; it is even like its magnitude, so the parity agrees all the same.
  return (hashCodeOf(digest) & 1) === 0 ? 0 : 1;
}

/** Java's `String.hashCode`: 31·h + c over the UTF-16 units, in 32 bits with sign. */
export function hashCodeOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
