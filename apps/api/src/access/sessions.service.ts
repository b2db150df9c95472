import type { changePasswordSchema, loginSchema, Me, sessionSchema } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { z } from 'zod';
import { Database } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { AccessStore, type UserRow } from './access.store.ts';
import type { Caller } from './caller.ts';
import { fitsPassword, hashPassword } from './passwords.ts';
import { SessionTokens } from './session-tokens.ts';
import { TokensService } from './tokens.service.ts';

type Session = z.output<typeof sessionSchema>;

/** Wrong passwords allowed for one name from one address, and from one address in all, in fifteen minutes. */
const WINDOW_S = 15 * 60;
const PER_NAME_AND_ADDRESS = 10;
const PER_ADDRESS = 100;

/** Log in, log out, change the own password. */
@Injectable()
export class SessionsService {
  readonly #store: AccessStore;
  readonly #database: Database;
  readonly #tokens: TokensService;
  readonly #sessionTokens: SessionTokens;
  readonly #byNameAndAddress = new RateLimiterMemory({ points: PER_NAME_AND_ADDRESS, duration: WINDOW_S });
  readonly #byAddress = new RateLimiterMemory({ points: PER_ADDRESS, duration: WINDOW_S });

  constructor(store: AccessStore, database: Database, tokens: TokensService, sessionTokens: SessionTokens) {
    this.#store = store;
    this.#database = database;
    this.#tokens = tokens;
    this.#sessionTokens = sessionTokens;
  }

  /** @throws ApiError CREDENTIALS_WRONG, RATE_LIMITED */
  async login(body: z.output<typeof loginSchema>, clientIp: string): Promise<Session> {
    const user = await this.#checkPassword(body.username, body.password, clientIp);
    await this.#store.recordLogin(user.id);
    await this.#tokens.refresh();
    return this.#issue(user);
  }

  async logout(caller: Caller): Promise<void> {
    await this.#tokens.revokeSession(caller);
  }

  /** Ends every session of the user and gives a new one. @throws ApiError CREDENTIALS_WRONG, PERMISSION_DENIED */
  async changePassword(
    caller: Caller,
    body: z.output<typeof changePasswordSchema>,
    clientIp: string,
  ): Promise<Session> {
    if (caller.kind !== 'user') throw new ApiError('PERMISSION_DENIED', { detail: 'An API key has no password.' });
    const { username } = (await this.#store.findUser(caller.id)) ?? { username: '' };
    const user = await this.#checkPassword(username, body.currentPassword, clientIp);
    const passwordHash = await hashPassword(body.newPassword);
    const changed = await this.#database.transaction((tx) =>
      this.#store.updateUser(tx, user.id, { passwordHash, mustChangePassword: false }, true),
    );
    await this.#tokens.refresh();
    return this.#issue(changed);
  }

  async #checkPassword(username: string, password: string, clientIp: string): Promise<UserRow> {
    const pair = `${clientIp} ${username}`;
    await assertBelow(this.#byNameAndAddress, pair, PER_NAME_AND_ADDRESS);
    await assertBelow(this.#byAddress, clientIp, PER_ADDRESS);
    const user = await this.#store.findUserByName(username);
    const fits = await fitsPassword(user?.passwordHash, password);
    if (user !== null && fits && user.isActive) {
      await this.#byNameAndAddress.delete(pair);
      return user;
    }
    await consume(this.#byNameAndAddress, pair);
    await consume(this.#byAddress, clientIp);
    throw new ApiError('CREDENTIALS_WRONG');
  }

  async #issue(user: UserRow): Promise<Session> {
    const { token, expiresAt } = await this.#sessionTokens.issue(user.id, user.tokenVersion);
    return {
      accessToken: token,
      tokenType: 'Bearer',
      expiresAt: expiresAt.toISOString(),
      mustChangePassword: user.mustChangePassword,
    };
  }
}

/** What a caller is told of itself. */
export function showCaller(caller: Caller): Me {
  return {
    kind: caller.kind,
    id: caller.id,
    name: caller.name,
    role: caller.role,
    permissions: [...caller.permissions],
    tenantIds: caller.tenantIds === null ? null : [...caller.tenantIds],
    mustChangePassword: caller.mustChangePassword,
  };
}

async function assertBelow(limiter: RateLimiterMemory, key: string, points: number): Promise<void> {
  const state = await limiter.get(key);
  if (state !== null && state.consumedPoints >= points) {
    const seconds = Math.ceil(state.msBeforeNext / 1000);
    throw new ApiError(
      'RATE_LIMITED',
      { detail: `Try again in ${seconds} s.` },
      { headers: { 'Retry-After': String(seconds) } },
    );
  }
}

/** Consuming the last point and beyond rejects with the state; the caller is told by the next attempt. */
async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  await limiter.consume(key).catch((state: unknown) => {
    if (!(state instanceof RateLimiterRes)) throw state;
  });
}
