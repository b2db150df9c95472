import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { apiKeyScopeSchema, roleSchema } from '@grey/contracts';
import { z } from 'zod';
import { writePrivateFile } from '../infra/files/write-private-file.ts';
import type { AccessState } from './access-state.ts';

const FORMAT = 1;

const fileSchema = z.object({
  format: z.literal(FORMAT),
  users: z.array(
    z.object({
      id: z.string(),
      username: z.string(),
      name: z.string(),
      role: roleSchema,
      tenantIds: z.array(z.string()),
      isActive: z.boolean(),
      mustChangePassword: z.boolean(),
      tokenVersion: z.int(),
    }),
  ),
  apiKeys: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      secretHash: z.string(),
      scopes: z.array(apiKeyScopeSchema),
      tenantIds: z.array(z.string()).nullable(),
      expiresAt: z.iso.datetime().nullable(),
    }),
  ),
  revokedTokenIds: z.array(z.string()),
});

/**
 * The access state as it was last known, on disk, so that callers are known after a restart without PostgreSQL. It holds
 * digests of API keys, no key and no password.
 */
export class AccessFile {
  readonly #file: string;
  #written = '';
  #saving: Promise<void> = Promise.resolve();

  constructor(dataDir: string) {
    this.#file = path.resolve(dataDir, 'access.json');
  }

  /** Writes only when something has changed since the last time, one after the other. @throws Error of the file system */
  save(state: AccessState): Promise<void> {
    const saved = this.#saving.then(() => this.#save(state));
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  /** undefined when there is none, or none that can be read. */
  async load(): Promise<AccessState | undefined> {
    const text = await readFile(this.#file, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const parsed = fileSchema.safeParse(parseJson(text));
    if (!parsed.success) return undefined;
    const { users, apiKeys, revokedTokenIds } = parsed.data;
    const keys = apiKeys.map((key) => ({ ...key, expiresAt: key.expiresAt === null ? null : new Date(key.expiresAt) }));
    return {
      usersById: new Map(users.map((user) => [user.id, user])),
      apiKeysByHash: new Map(keys.map((key) => [key.secretHash, key])),
      revokedTokenIds: new Set(revokedTokenIds),
    };
  }

  async #save(state: AccessState): Promise<void> {
    const text = JSON.stringify({
      format: FORMAT,
      users: [...state.usersById.values()],
      apiKeys: [...state.apiKeysByHash.values()],
      revokedTokenIds: [...state.revokedTokenIds],
    });
    if (text === this.#written) return;
    await writePrivateFile(this.#file, text);
    this.#written = text;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
