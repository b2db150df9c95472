import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from './key-ring.ts';
import { formatProof, type Lane, parseProof } from './lane.ts';
import { encodeText } from './percent-code.ts';

/** How long a signature holds by default: longer than any call tree runs, in milliseconds. */
const LIFETIME_MS = 5 * 60_000;

export type LaneVerdict = 'valid' | 'unsigned' | 'key_unknown' | 'expired' | 'forged';

/**
 * The lane with a signature over tag, position and expiry. HMAC-SHA256 with the first key of the ring.
 * @param options.now milliseconds since 1970, default Date.now
 */
export function signLane(
  lane: Lane,
  keys: KeyRing,
  options: { now?: (() => number) | undefined; lifetimeMs?: number | undefined } = {},
): Lane {
  const { now = Date.now, lifetimeMs = LIFETIME_MS } = options;
  const expiresAt = Math.ceil((now() + lifetimeMs) / 1000);
  const { id: keyId, secret } = keys.signing;
  const signature = digest(lane, keyId, expiresAt, secret).toString('base64url');
  return { ...lane, proof: formatProof({ keyId, expiresAt, signature }) };
}

/** Whether the lane's signature is of one of these keys, over this very tag and position, and not expired. */
export function verifyLane(lane: Lane, keys: KeyRing, now: () => number = Date.now): LaneVerdict {
  const proof = lane.proof === null ? undefined : parseProof(lane.proof);
  if (proof === undefined) return 'unsigned';
  const key = keys.find(proof.keyId);
  if (key === undefined) return 'key_unknown';
  const expected = digest(lane, proof.keyId, proof.expiresAt, key.secret);
  const given = Buffer.from(proof.signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'forged';
  return now() < proof.expiresAt * 1000 ? 'valid' : 'expired';
}

/** Over the canonical encoding, so that a hop that decodes and encodes again breaks nothing. No part can contain a newline. */
function digest({ tag, position }: Lane, keyId: string, expiresAt: number, secret: string): Buffer {
  const text = `grey-lane-1\n${keyId}\n${expiresAt}\n${position ?? ''}\n${encodeText(tag ?? '')}`;
  return createHmac('sha256', secret).update(text).digest();
}
