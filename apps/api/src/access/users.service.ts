import { randomUUID } from 'node:crypto';
import type { createUserSchema, updateUserSchema, userSchema } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { isDuplicate } from '../infra/db/database-errors.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import type { IdempotencyClaim } from '../infra/http/idempotency.ts';
import { AccessStore, type UserRow } from './access.store.ts';
import type { Caller } from './caller.ts';
import { hashPassword } from './passwords.ts';
import { TokensService } from './tokens.service.ts';

type Shown = z.output<typeof userSchema>;

/** Users of console and API. What is changed of one ends its sessions. */
@Injectable()
export class UsersService {
  readonly #store: AccessStore;
  readonly #changes: ChangesService;
  readonly #tokens: TokensService;

  constructor(store: AccessStore, changes: ChangesService, tokens: TokensService) {
    this.#store = store;
    this.#changes = changes;
    this.#tokens = tokens;
  }

  async list(query: { limit: number; cursor?: string | undefined }) {
    const after = readCursor('users', query.cursor, ['text'])?.[0] as string | undefined;
    const rows = await this.#store.listUsers(after, query.limit + 1);
    return pageOfRows(rows, query.limit, 'users', (row) => [row.username], showUser);
  }

  /** @throws ApiError USER_EXISTS, TENANT_UNKNOWN */
  async create(caller: Caller, body: z.output<typeof createUserSchema>, idempotency: IdempotencyClaim | undefined) {
    await this.#assertTenants(body.tenantIds);
    const { password, ...fields } = body;
    const passwordHash = await hashPassword(password);
    try {
      const answer = await this.#changes.commit(
        { actor: actorOf(caller), kind: 'user.created', idempotency },
        async (tx) => {
          const user = await this.#store.insertUser(tx, {
            ...fields,
            id: randomUUID(),
            passwordHash,
            isActive: true,
            mustChangePassword: true,
          });
          return { answer: () => showUser(user), items: [itemOfUser(user.id, null, showUser(user))] };
        },
      );
      await this.#tokens.refresh();
      return answer;
    } catch (error) {
      if (isDuplicate(error)) throw new ApiError('USER_EXISTS', { detail: `The name ${body.username} is taken.` });
      throw error;
    }
  }

  /** @throws ApiError USER_UNKNOWN, TENANT_UNKNOWN, LAST_ADMIN */
  async update(caller: Caller, id: string, body: z.output<typeof updateUserSchema>) {
    await this.#assertTenants(body.tenantIds ?? []);
    const { password, ...fields } = dropUndefined(body);
    const secret =
      password === undefined ? {} : { passwordHash: await hashPassword(password), mustChangePassword: true };
    const answer = await this.#changes.commit({ actor: actorOf(caller), kind: 'user.updated' }, async (tx) => {
      const users = await this.#store.lockUsers(tx);
      const before = findUser(users, id);
      assertAdminLeft(users.map((user) => (user.id === id ? { ...user, ...fields } : user)));
      const after = showUser(await this.#store.updateUser(tx, id, { ...fields, ...secret }, true));
      return { answer: () => after, items: [itemOfUser(id, showUser(before), after)] };
    });
    await this.#tokens.refresh();
    return answer;
  }

  /** @throws ApiError USER_UNKNOWN, LAST_ADMIN */
  async delete(caller: Caller, id: string): Promise<void> {
    await this.#changes.commit({ actor: actorOf(caller), kind: 'user.deleted' }, async (tx) => {
      const users = await this.#store.lockUsers(tx);
      const before = findUser(users, id);
      assertAdminLeft(users.filter((user) => user.id !== id));
      await this.#store.deleteUser(tx, id);
      return { answer: () => undefined, items: [itemOfUser(id, showUser(before), null)] };
    });
    await this.#tokens.refresh();
  }

  async #assertTenants(tenantIds: readonly string[]): Promise<void> {
    const unknown = await this.#store.findUnknownTenants(tenantIds);
    if (unknown.length > 0)
      throw new ApiError('TENANT_UNKNOWN', { detail: `Unknown: ${unknown.slice(0, 10).join(', ')}.` });
  }
}

function findUser(users: readonly UserRow[], id: string): UserRow {
  const user = users.find((one) => one.id === id);
  if (user === undefined) throw new ApiError('USER_UNKNOWN');
  return user;
}

function assertAdminLeft(users: readonly { role: string; isActive: boolean }[]): void {
  if (!users.some((user) => user.role === 'GREY_ROUTER_ADMIN' && user.isActive)) throw new ApiError('LAST_ADMIN');
}

function dropUndefined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** What the log keeps of a change of a user. */
export function itemOfUser(id: string, before: Shown | null, after: Shown | null) {
  return { entity: 'user', tenantId: null, serviceId: null, key: id, before, after } as const;
}

/** A user in the words of the API; no secret among them. */
export function showUser(user: UserRow): Shown {
  return {
    id: user.id,
    username: user.username,
    name: user.name,
    role: user.role as Shown['role'],
    tenantIds: user.tenantIds,
    isActive: user.isActive,
    lastLoginAt: user.lastLoginAt?.toISOString() ?? null,
    createdAt: user.createdAt.toISOString(),
  };
}
