import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase } from '@grey/testkit';
import { inject } from 'vitest';
import { bootApi, type RunningApi } from '../src/boot-api.ts';
import { type Config, configSchema } from '../src/config/config.schema.ts';

/** An answer with its body read. Bodies are whatever came: tests say what they expect. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
  readonly body: any;
}

export interface TestApi extends RunningApi {
  readonly config: Config;
  readonly adminToken: string;
  /** Sends JSON; `token` null sends none, undefined the administrator's. */
  ask(
    method: string,
    target: string,
    body?: unknown,
    options?: { token?: string | null; headers?: Record<string, string> },
  ): Promise<Answer>;
  login(username: string, password: string): Promise<string>;
}

/** Boots the whole API on a database of its own, with a fresh data folder, and logs the administrator in. */
export async function startTestApi(overrides: Partial<Config> = {}): Promise<TestApi> {
  const database = await createTestDatabase(inject('template'));
  const dataDir = mkdtempSync(path.join(tmpdir(), 'grey-api-test-'));
  const config: Config = {
    ...configSchema.parse({
      GREY_DATABASE_URL: database.connectionString,
      GREY_PORT: '0',
      GREY_DATA_DIR: dataDir,
      GREY_JWT_SECRET: 'a secret of the tests, long enough to pass',
      GREY_PLAN_SECRET: 'another secret of the tests, long enough',
      GREY_DEMO: '1',
      GREY_LOG_LEVEL: 'silent',
    }),
    ...overrides,
  };
  const api = await bootApi(config);
  const ask: TestApi['ask'] = async (method, target, body, { token = adminToken, headers = {} } = {}) => {
    const response = await fetch(`${api.url}${target}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  const login = async (username: string, password: string): Promise<string> => {
    const answer = await ask('POST', '/api/auth/login', { username, password }, { token: null });
    if (answer.status !== 200) throw new Error(`login answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body.accessToken;
  };
  let adminToken = '';
  adminToken = await login('admin', readFileSync(path.join(dataDir, 'admin-password'), 'utf8').trim());
  const close = async () => {
    await api.close();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { ...api, config, adminToken, ask, login, close };
}
