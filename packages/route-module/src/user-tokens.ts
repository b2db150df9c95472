import type { KeyObject } from 'node:crypto';
import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { KeysUnavailableError } from './remote-keys.ts';
import { hashToken } from './token-cache.ts';

/** Longer ones are refused before anybody parses them. */
const TOKEN_LENGTH_LIMIT = 8192;
/** How far the clocks of issuer and router may differ, in seconds. */
const LEEWAY_SECONDS = 30;
/** How long a refusal is remembered: it keeps a client that repeats itself from costing a signature each time. */
const REFUSAL_MS = 10_000;
/** When the keys could not be had, it may work a moment later. */
const UNAVAILABLE_MS = 1_000;
/** All tokens remembered together, in characters; their claims take a few times as much. */
const SIZE_LIMIT = 16 * 1024 * 1024;
/** Media types of RFC 7519 and RFC 9068; absent is usual too. Others (`logout+jwt`, `dpop+jwt`) are not for this. */
const TYPES = new Set(['jwt', 'at+jwt']);

export interface UserTokenOptions {
  readonly issuer: string;
  readonly audience: string;
  /** The only ones accepted, whatever a token says. */
  readonly algorithms: readonly string[];
  readonly key: KeyObject | Uint8Array | JWTVerifyGetKey;
  /** Milliseconds since 1970. Default Date.now. */
  readonly now?: () => number;
  readonly capacity?: number;
}

export type UserTokenFault =
  | 'oversize'
  | 'malformed'
  | 'expired'
  | 'not_yet_valid'
  | 'issuer'
  | 'audience'
  | 'type'
  | 'signature'
  | 'keys_unavailable';

export type UserTokenVerdict =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly fault: UserTokenFault };

interface Remembered {
  readonly verdict: UserTokenVerdict;
  /** milliseconds since 1970 */
  readonly until: number;
}

/** Verifies the tokens of end users, once each: a verdict is kept by the token's hash until the token expires. */
export class UserTokens {
  readonly #options: UserTokenOptions;
  readonly #now: () => number;
  readonly #verdicts: LRUCache<string, Remembered>;
  readonly #pending = new Map<string, Promise<UserTokenVerdict>>();

  constructor(options: UserTokenOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#verdicts = new LRUCache({ max: options.capacity ?? 20_000, maxSize: SIZE_LIMIT });
  }

  /** The verdict on a token that was verified before, without waiting. */
  find(token: string): UserTokenVerdict | undefined {
    if (token.length > TOKEN_LENGTH_LIMIT) return { ok: false, fault: 'oversize' };
    const known = this.#verdicts.get(hashToken(token));
    return known !== undefined && this.#now() < known.until ? known.verdict : undefined;
  }

  /** Never rejects. Requests that come with the same token meanwhile share the check. */
  verify(token: string): Promise<UserTokenVerdict> {
    if (token.length > TOKEN_LENGTH_LIMIT) return Promise.resolve({ ok: false, fault: 'oversize' });
    const hash = hashToken(token);
    let check = this.#pending.get(hash);
    if (check === undefined) {
      check = this.#verify(token, hash).finally(() => this.#pending.delete(hash));
      this.#pending.set(hash, check);
    }
    return check;
  }

  async #verify(token: string, hash: string): Promise<UserTokenVerdict> {
    const remember = (verdict: UserTokenVerdict, until: number): UserTokenVerdict => {
      this.#verdicts.set(hash, { verdict, until }, { size: token.length || 1 });
      return verdict;
    };
    const { key, issuer, audience, algorithms } = this.#options;
    try {
      const getKey: JWTVerifyGetKey = typeof key === 'function' ? key : async () => key;
      const { payload, protectedHeader } = await jwtVerify(token, getKey, {
        issuer,
        audience,
        algorithms: [...algorithms],
        clockTolerance: LEEWAY_SECONDS,
        currentDate: new Date(this.#now()),
        requiredClaims: ['exp'],
      });
      const type = protectedHeader.typ?.toLowerCase().replace(/^application\//, '');
      if (type !== undefined && !TYPES.has(type)) throw new errors.JWTClaimValidationFailed('', payload, 'typ');
      return remember({ ok: true, claims: payload }, (payload.exp! + LEEWAY_SECONDS) * 1000);
    } catch (error) {
      const fault = faultOf(error);
      const life = fault === 'keys_unavailable' ? UNAVAILABLE_MS : REFUSAL_MS;
      return remember({ ok: false, fault }, this.#now() + life);
    }
  }
}

const faultOfClaim: Readonly<Record<string, UserTokenFault>> = {
  nbf: 'not_yet_valid',
  iss: 'issuer',
  aud: 'audience',
  typ: 'type',
};

function faultOf(error: unknown): UserTokenFault {
  if (error instanceof KeysUnavailableError) return 'keys_unavailable';
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return faultOfClaim[error.claim] ?? 'malformed';
  const isOfKey =
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys;
  // What is no error of this library's is a key that does not go with the algorithm.
  return isOfKey || !(error instanceof errors.JOSEError) ? 'signature' : 'malformed';
}
