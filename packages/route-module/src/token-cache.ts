import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Authenticate, Revocation, RouteCaller } from './caller.ts';

/** How long a verdict is good before it is asked for again in the background, in milliseconds. */
const RECHECK_MS = 5_000;

/** A verified token. `isRevoked` is set for good when its token, user or key is revoked. */
export interface VerifiedToken {
  caller: RouteCaller;
  isRevoked: boolean;
  checkedAt: number;
}

/** SHA-256 of a bearer token in hexadecimal: what the cache is keyed by and a revocation names. */
export function hashToken(bearer: string): string {
  return hash('sha256', bearer, 'hex');
}

/**
 * Verified tokens by their hash, so that a signature is checked once and not per request. Expiry and revocation are
 * checked on every use; every five seconds of use the token is verified anew in the background, so that what another
 * process revoked counts here too, and a key's last use is noticed. Failures are never kept: a key that is created a moment
 * later works at once.
 */
export class TokenCache {
  readonly #authenticate: Authenticate;
  readonly #now: () => number;
  readonly #entries: LRUCache<string, VerifiedToken>;
  readonly #pending = new Map<string, Promise<VerifiedToken>>();
  #revocationCount = 0;

  constructor(options: { authenticate: Authenticate; now?: () => number; capacity?: number }) {
    this.#authenticate = options.authenticate;
    this.#now = options.now ?? Date.now;
    this.#entries = new LRUCache({ max: options.capacity ?? 10_000 });
  }

  /** The entry of a token that may be used now, without asking anybody. */
  find(bearer: string): VerifiedToken | undefined {
    const entry = this.#entries.get(hashToken(bearer));
    return entry !== undefined && this.isUsable(entry, bearer) ? entry : undefined;
  }

  /** Whether the entry of this very token may be used now. */
  isUsable(entry: VerifiedToken, bearer: string): boolean {
    const now = this.#now();
    if (entry.isRevoked || entry.caller.expiresAt <= now) return false;
    if (now - entry.checkedAt >= RECHECK_MS) {
      entry.checkedAt = now;
      void this.#recheck(entry, bearer);
    }
    return true;
  }

  /** Verifies the token; callers that come with the same one meanwhile share the check. @throws what `authenticate` throws */
  verify(bearer: string): Promise<VerifiedToken> {
    const key = hashToken(bearer);
    const running = this.#pending.get(key);
    if (running !== undefined) return running;
    const check = this.#verify(bearer, key).finally(() => this.#pending.delete(key));
    this.#pending.set(key, check);
    return check;
  }

  /** Takes effect on the next use of every token that it names, also on one that a connection remembers. */
  revoke(what: Revocation): void {
    this.#revocationCount++;
    for (const [key, entry] of this.#entries.entries()) {
      if (isMeant(what, key, entry.caller)) this.#drop(entry, key);
    }
  }

  async #verify(bearer: string, key: string): Promise<VerifiedToken> {
    const before = this.#revocationCount;
    const caller = await this.#authenticate(bearer);
    const entry = { caller, isRevoked: false, checkedAt: this.#now() };
    // A revocation that came during the check may have meant this very token; then it must be checked again next time.
    if (before === this.#revocationCount) this.#entries.set(key, entry);
    else entry.isRevoked = true;
    return entry;
  }

  /** Only a clear verdict ends a token: when the verifier cannot answer, the last good verdict stays. */
  async #recheck(entry: VerifiedToken, bearer: string): Promise<void> {
    try {
      entry.caller = await this.#authenticate(bearer);
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code === 'TOKEN_INVALID') this.#drop(entry, hashToken(bearer));
    }
  }

  #drop(entry: VerifiedToken, key: string): void {
    entry.isRevoked = true;
    this.#entries.delete(key);
  }
}

function isMeant(what: Revocation, key: string, caller: RouteCaller): boolean {
  if (what.tokenHash !== undefined && what.tokenHash === key) return true;
  return caller.kind === 'user' ? what.userId === caller.id : what.apiKeyId === caller.id;
}
