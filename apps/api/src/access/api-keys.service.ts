import { randomBytes, randomUUID } from 'node:crypto';
import type { apiKeySchema, createApiKeySchema, createdApiKeySchema } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import { AccessStore, type ApiKeyRow } from './access.store.ts';
import type { Caller } from './caller.ts';
import { hashApiKey, TokensService } from './tokens.service.ts';

type Shown = z.output<typeof apiKeySchema>;

/** API keys: `grey_` and 256 random bits, kept as a digest, shown once. */
@Injectable()
export class ApiKeysService {
  readonly #store: AccessStore;
  readonly #changes: ChangesService;
  readonly #tokens: TokensService;

  constructor(store: AccessStore, changes: ChangesService, tokens: TokensService) {
    this.#store = store;
    this.#changes = changes;
    this.#tokens = tokens;
  }

  async list(query: { limit: number; cursor?: string | undefined }) {
    const after = readCursor('api-keys', query.cursor, ['text'])?.[0] as string | undefined;
    const rows = await this.#store.listApiKeys(after, query.limit + 1);
    return pageOfRows(rows, query.limit, 'api-keys', (row) => [row.id], showApiKey);
  }

  /** @throws ApiError TENANT_UNKNOWN */
  async create(
    caller: Caller,
    body: z.output<typeof createApiKeySchema>,
  ): Promise<z.output<typeof createdApiKeySchema>> {
    const unknown = await this.#store.findUnknownTenants(body.tenantIds ?? []);
    if (unknown.length > 0)
      throw new ApiError('TENANT_UNKNOWN', { detail: `Unknown: ${unknown.slice(0, 10).join(', ')}.` });
    const key = `grey_${randomBytes(32).toString('base64url')}`;
    const shown = await this.#changes.commit({ actor: actorOf(caller), kind: 'api_key.created' }, async (tx) => {
      const row = await this.#store.insertApiKey(tx, {
        id: randomUUID(),
        name: body.name,
        prefix: key.slice(0, 10),
        secretHash: hashApiKey(key),
        scopes: [...new Set(body.scopes)],
        hasAllTenants: body.tenantIds === null,
        tenantIds: body.tenantIds ?? [],
        expiresAt: body.expiresAt === null ? null : new Date(body.expiresAt),
      });
      return { answer: () => showApiKey(row), items: [itemOf(row.id, null, showApiKey(row))] };
    });
    await this.#tokens.refresh();
    return { ...(shown as Shown), key };
  }

  /** @throws ApiError API_KEY_UNKNOWN */
  async revoke(caller: Caller, id: string): Promise<void> {
    await this.#changes.commit({ actor: actorOf(caller), kind: 'api_key.revoked' }, async (tx) => {
      const before = await this.#store.findApiKey(tx, id);
      if (before === null || before.revokedAt !== null) throw new ApiError('API_KEY_UNKNOWN');
      const after = await this.#store.revokeApiKey(tx, id);
      return { answer: () => undefined, items: [itemOf(id, showApiKey(before), showApiKey(after))] };
    });
    await this.#tokens.refresh();
  }
}

function itemOf(id: string, before: Shown | null, after: Shown) {
  return { entity: 'api_key', tenantId: null, serviceId: null, key: id, before, after } as const;
}

function showApiKey(row: ApiKeyRow): Shown {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes as Shown['scopes'],
    tenantIds: row.hasAllTenants ? null : row.tenantIds,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
