import type { ApiKeyScope, Role } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { ApiKey, User } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import type { AccessState } from './access-state.ts';

export type UserRow = User;
export type ApiKeyRow = ApiKey;

/** Users, API keys and revoked tokens in PostgreSQL. */
@Injectable()
export class AccessStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** All that verification needs, read at one moment. */
  loadState(): Promise<AccessState> {
    return this.#database.consistentRead(async (tx) => {
      const users = await tx.user.findMany();
      const keys = await tx.apiKey.findMany({ where: { revokedAt: null } });
      const revoked = await tx.revokedToken.findMany({ where: { expiresAt: { gt: new Date() } } });
      return {
        usersById: new Map(users.map((user) => [user.id, { ...user, role: user.role as Role }])),
        apiKeysByHash: new Map(
          keys.map((key) => [
            key.secretHash,
            { ...key, scopes: key.scopes as ApiKeyScope[], tenantIds: key.hasAllTenants ? null : key.tenantIds },
          ]),
        ),
        revokedTokenIds: new Set(revoked.map((token) => token.jti)),
      };
    });
  }

  findUserByName(username: string): Promise<UserRow | null> {
    return this.#database.run((client) => client.user.findUnique({ where: { username } }));
  }

  findUser(id: string): Promise<UserRow | null> {
    return this.#database.run((client) => client.user.findUnique({ where: { id } }));
  }

  countUsers(): Promise<number> {
    return this.#database.run((client) => client.user.count());
  }

  /** Users by name, after `username`. */
  listUsers(after: string | undefined, limit: number): Promise<UserRow[]> {
    return this.#database.run((client) =>
      client.user.findMany({
        ...(after === undefined ? {} : { where: { username: { gt: after } } }),
        orderBy: { username: 'asc' },
        take: limit,
      }),
    );
  }

  /** Keys by id, which sorts by time, after `id`. */
  listApiKeys(after: string | undefined, limit: number): Promise<ApiKeyRow[]> {
    return this.#database.run((client) =>
      client.apiKey.findMany({
        ...(after === undefined ? {} : { where: { id: { gt: after } } }),
        orderBy: { id: 'asc' },
        take: limit,
      }),
    );
  }

  insertUser(tx: Transaction, user: Omit<UserRow, 'tokenVersion' | 'lastLoginAt' | 'createdAt' | 'updatedAt'>) {
    return tx.user.create({ data: user });
  }

  /** Locks the row until the end of the transaction, so that two demotions cannot both see the other administrator. */
  async lockUsers(tx: Transaction): Promise<UserRow[]> {
    await tx.$executeRaw`SELECT 1 FROM users FOR UPDATE`;
    return tx.user.findMany();
  }

  updateUser(tx: Transaction, id: string, fields: Partial<UserRow>, endsSessions: boolean): Promise<UserRow> {
    return tx.user.update({
      where: { id },
      data: { ...fields, updatedAt: new Date(), ...(endsSessions ? { tokenVersion: { increment: 1 } } : {}) },
    });
  }

  async deleteUser(tx: Transaction, id: string): Promise<void> {
    await tx.user.delete({ where: { id } });
  }

  async recordLogin(id: string): Promise<void> {
    await this.#database.run((client) => client.user.update({ where: { id }, data: { lastLoginAt: new Date() } }));
  }

  async revokeToken(jti: string, expiresAt: Date): Promise<void> {
    await this.#database.run(async (client) => {
      await client.revokedToken.deleteMany({ where: { expiresAt: { lt: new Date() } } });
      await client.revokedToken.upsert({ where: { jti }, create: { jti, expiresAt }, update: {} });
    });
  }

  insertApiKey(tx: Transaction, key: Omit<ApiKeyRow, 'createdAt' | 'lastUsedAt' | 'revokedAt'>): Promise<ApiKeyRow> {
    return tx.apiKey.create({ data: key });
  }

  findApiKey(tx: Transaction, id: string): Promise<ApiKeyRow | null> {
    return tx.apiKey.findUnique({ where: { id } });
  }

  revokeApiKey(tx: Transaction, id: string): Promise<ApiKeyRow> {
    return tx.apiKey.update({ where: { id }, data: { revokedAt: new Date() } });
  }

  /** When each key was last used; keys that are gone meanwhile do not matter. */
  async recordKeyUse(lastUsed: ReadonlyMap<string, Date>): Promise<void> {
    const ids = [...lastUsed.keys()];
    const times = [...lastUsed.values()];
    await this.#database.run(
      (client) => client.$executeRaw`
        UPDATE api_keys SET last_used_at = used.at
        FROM unnest(${ids}::text[], ${times}::timestamptz[]) AS used(id, at) WHERE api_keys.id = used.id`,
    );
  }

  /** Ids on the list that no tenant has. */
  async findUnknownTenants(tenantIds: readonly string[]): Promise<string[]> {
    if (tenantIds.length === 0) return [];
    const known = await this.#database.run((client) =>
      client.tenant.findMany({ where: { id: { in: [...tenantIds] }, deletedAt: null }, select: { id: true } }),
    );
    const ids = new Set(known.map((tenant) => tenant.id));
    return tenantIds.filter((id) => !ids.has(id));
  }
}
