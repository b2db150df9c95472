import { createHash } from 'node:crypto';
import { type Permission, permissionsOfRole, permissionsOfScope } from '@grey/contracts';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ApiError } from '../infra/http/api-error.ts';
import { AccessStore } from './access.store.ts';
import { AccessFile } from './access-file.ts';
import { type AccessState, emptyAccessState } from './access-state.ts';
import type { Caller } from './caller.ts';
import { SessionTokens } from './session-tokens.ts';

/** Longer than any token of ours; refused before it is parsed. */
const MAX_TOKEN_LENGTH = 2048;
const REFRESH_MS = 5_000;

/** Whose tokens changed: what was kept of them must go. */
export interface Revoked {
  readonly userId?: string;
  readonly apiKeyId?: string;
}

/**
 * Says who a token belongs to, from memory. What is revoked here counts at once; what another replica revoked, within
 * five seconds. While PostgreSQL is away the last known state stays in force.
 */
@Injectable()
export class TokensService implements OnApplicationShutdown {
  readonly #store: AccessStore;
  readonly #sessions: SessionTokens;
  readonly #file: AccessFile;
  readonly #logger = new Logger('access');
  readonly #listeners = new Set<(what: Revoked) => void>();
  readonly #keyUse = new Map<string, Date>();
  readonly #revokedHere = new Map<string, number>();
  #refreshing: Promise<void> = Promise.resolve();
  #state: AccessState = emptyAccessState;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: AccessStore, sessions: SessionTokens, file: AccessFile) {
    this.#store = store;
    this.#sessions = sessions;
    this.#file = file;
  }

  /** Takes the state of an earlier run, to go by until the first load succeeds. */
  async restore(): Promise<void> {
    const state = await this.#file.load();
    if (state !== undefined && this.#state === emptyAccessState) this.#state = state;
  }

  /** Loads the state and keeps it fresh. @throws ApiError DATABASE_UNAVAILABLE; it is then tried again on its own */
  async start(): Promise<void> {
    this.#timer ??= setInterval(() => void this.#tick(), REFRESH_MS).unref();
    await this.refresh();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /**
   * @param bearer a session token or an API key, without `Bearer `
   * @throws ApiError TOKEN_INVALID when it is malformed, expired, revoked or not ours
   */
  async authenticate(bearer: string): Promise<Caller> {
    if (bearer.length > MAX_TOKEN_LENGTH) throw new ApiError('TOKEN_INVALID');
    return bearer.startsWith('grey_') ? this.#callerOfKey(bearer) : this.#callerOfSession(bearer);
  }

  /** Calls the listener whenever tokens of a user or key may have become void. Returns the way to stop that. */
  onRevoked(listener: (what: Revoked) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Reads the state anew and tells the listeners what became void. One at a time: a slow older read must not overwrite
   * what a newer one found.
   */
  refresh(): Promise<void> {
    const next = this.#refreshing.then(() => this.#load());
    this.#refreshing = next.catch(() => undefined);
    return next;
  }

  async #load(): Promise<void> {
    const before = this.#state;
    const after = await this.#store.loadState();
    // sessions that ended here while the read was under way
    this.#state = { ...after, revokedTokenIds: new Set([...after.revokedTokenIds, ...this.#revokedHere.keys()]) };
    for (const [tokenId, expiresAt] of this.#revokedHere) if (expiresAt < Date.now()) this.#revokedHere.delete(tokenId);
    for (const [id, user] of before.usersById)
      if (JSON.stringify(user) !== JSON.stringify(after.usersById.get(id))) this.#announce({ userId: id });
    for (const [hash, key] of before.apiKeysByHash)
      if (!after.apiKeysByHash.has(hash)) this.#announce({ apiKeyId: key.id });
    await this.#save();
  }

  /** A disk that is full or gone must not end a session. */
  async #save(): Promise<void> {
    try {
      await this.#file.save(this.#state);
    } catch (error) {
      this.#logger.warn({ err: error, msg: 'the access file could not be written' });
    }
  }

  /** A session ended: counts at once here, by the database everywhere. */
  async revokeSession(caller: Caller): Promise<void> {
    if (caller.tokenId === undefined) return;
    await this.#store.revokeToken(caller.tokenId, new Date(caller.expiresAt));
    this.#revokedHere.set(caller.tokenId, caller.expiresAt);
    const revokedTokenIds = new Set(this.#state.revokedTokenIds).add(caller.tokenId);
    this.#state = { ...this.#state, revokedTokenIds };
    this.#announce({ userId: caller.id });
    await this.#save();
  }

  #callerOfKey(key: string): Caller {
    const known = this.#state.apiKeysByHash.get(hashApiKey(key));
    const expiresAt = known?.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    if (known === undefined || expiresAt <= Date.now()) throw new ApiError('TOKEN_INVALID');
    this.#keyUse.set(known.id, new Date());
    return {
      kind: 'api_key',
      id: known.id,
      name: known.name,
      role: null,
      permissions: new Set<Permission>(known.scopes.flatMap((scope) => permissionsOfScope[scope])),
      tenantIds: known.tenantIds === null ? null : new Set(known.tenantIds),
      mustChangePassword: false,
      expiresAt,
    };
  }

  async #callerOfSession(token: string): Promise<Caller> {
    const claims = await this.#sessions.verify(token);
    const user = this.#state.usersById.get(claims.sub);
    const isVoid = user?.isActive !== true || user.tokenVersion !== claims.ver;
    if (isVoid || this.#state.revokedTokenIds.has(claims.jti)) throw new ApiError('TOKEN_INVALID');
    return {
      kind: 'user',
      id: user.id,
      name: user.username,
      role: user.role,
      permissions: new Set(permissionsOfRole[user.role]),
      tenantIds: user.role === 'TENANT_MANAGER' ? new Set(user.tenantIds) : null,
      mustChangePassword: user.mustChangePassword,
      expiresAt: claims.exp * 1000,
      tokenId: claims.jti,
    };
  }

  async #tick(): Promise<void> {
    try {
      await this.refresh();
      const used = new Map(this.#keyUse);
      this.#keyUse.clear();
      if (used.size > 0) await this.#store.recordKeyUse(used);
    } catch {
      // PostgreSQL is away: /health says so, and the last known state stays in force
    }
  }

  #announce(what: Revoked): void {
    for (const listener of this.#listeners) listener(what);
  }
}

/** Keys have 256 bits of their own: a plain digest is enough, and a slow one would cost every request. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
