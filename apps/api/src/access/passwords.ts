import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** argon2id with 19 MiB, two passes, one lane: the first choice of the OWASP password storage cheat sheet. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

let decoy: Promise<string> | undefined;

/** The PHC string to keep instead of the password. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

/**
 * True when the password fits. Without a hash, because no such user exists, the same work is done against a decoy, so
 * that the time of an answer does not tell which names exist.
 */
export async function fitsPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'));
  const fits = await verify(passwordHash ?? (await decoy), password);
  return fits && passwordHash !== undefined;
}

/** A one-time password: 24 letters without look-alikes, 118 bits. */
export function makePassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  return Array.from(randomBytes(24), (byte) => letters[byte % letters.length]).join('');
}
