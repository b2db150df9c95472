import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';

/** A request of /route may have to wait for this, so it is short. */
const TIMEOUT_MS = 1_500;
/** How long nobody asks again after a failure, while there are keys of before to go on with. */
const PAUSE_MS = 10_000;

/** The keys could not be had, and there are none of before. */
export class KeysUnavailableError extends Error {}

/**
 * Keys of a JWKS address, fetched when first needed, every ten minutes, and when a token names an unknown one (at most every
 * 30 seconds). While the address cannot be reached the last good keys stay.
 */
export function createRemoteKeys(url: URL, now: () => number = Date.now): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, { timeoutDuration: TIMEOUT_MS });
  let pausedUntil = Number.NEGATIVE_INFINITY;
  return async (header, token) => {
    const known = remote.jwks();
    if (known === undefined || now() >= pausedUntil) {
      try {
        return await remote(header, token);
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
        if (known === undefined) throw new KeysUnavailableError('no keys', { cause: error });
        pausedUntil = now() + PAUSE_MS;
      }
    }
    return createLocalJWKSet(known!)(header, token);
  };
}
