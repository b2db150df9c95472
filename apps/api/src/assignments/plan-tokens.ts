import { createHmac, timingSafeEqual } from 'node:crypto';
import { ApiError } from '../infra/http/api-error.ts';

/** How long a plan may be looked at before it is applied, in milliseconds. */
export const PLAN_MS = 15 * 60_000;

/** What a plan token vouches for. */
export interface PlanClaims {
  readonly callerId: string;
  readonly requestHash: string;
  readonly digest: string;
}

/** Signs and checks plan tokens. Nothing is stored: the token carries what it vouches for. */
export class PlanTokens {
  readonly #secret: string;
  readonly #now: () => number;

  constructor(secret: string, now: () => number = Date.now) {
    this.#secret = secret;
    this.#now = now;
  }

  sign({ callerId, requestHash, digest }: PlanClaims): { token: string; expiresAt: Date } {
    const expiresAt = this.#now() + PLAN_MS;
    const payload = Buffer.from(JSON.stringify([callerId, requestHash, digest, expiresAt])).toString('base64url');
    return { token: `${payload}.${this.#mac(payload).toString('base64url')}`, expiresAt: new Date(expiresAt) };
  }

  /**
   * @returns the digest the plan was made on
   * @throws ApiError PLAN_TOKEN_INVALID when it is not ours, or for another request or caller; PLAN_EXPIRED
   */
  verify(token: string, { callerId, requestHash }: Omit<PlanClaims, 'digest'>): string {
    const [payload = '', mac = '', ...rest] = token.split('.');
    const given = Buffer.from(mac, 'base64url');
    const expected = this.#mac(payload);
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new ApiError('PLAN_TOKEN_INVALID');
    const [caller, request, digest, expiresAt] = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (caller !== callerId || request !== requestHash) throw new ApiError('PLAN_TOKEN_INVALID');
    if (expiresAt <= this.#now()) throw new ApiError('PLAN_EXPIRED');
    return digest;
  }

  #mac(payload: string): Buffer {
    return createHmac('sha256', this.#secret).update(`plan\n${payload}`).digest();
  }
}
