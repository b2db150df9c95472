import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CallProduct, callerFor } from '../call-product.ts';
import {
  type ApiPart,
  type Part,
  type PostgresPart,
  startApiPart,
  startPostgresPart,
  startRedisPart,
} from '../soak/outages/parts.ts';

/** The built API as several processes on a PostgreSQL and a Redis of their own; each part can be killed. */
export interface Replicas {
  readonly postgres: PostgresPart;
  readonly redis: Part & { readonly url: string };
  readonly apis: readonly ApiPart[];
  readonly token: string;
  /** Calls the first replica as the administrator. */
  readonly call: CallProduct;
  stop(): Promise<void>;
}

/** @throws Error when a part does not come up; then none is left running */
export async function startReplicas(count: number, settings: NodeJS.ProcessEnv = {}): Promise<Replicas> {
  const folder = mkdtempSync(path.join(tmpdir(), 'grey-replicas-'));
  const parts: Part[] = [];
  const stop = async () => {
    for (const part of parts.toReversed()) await part.stop().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const postgres = await startPostgresPart(folder);
    parts.push(postgres);
    const redis = await startRedisPart();
    parts.push(redis);
    const env = {
      GREY_DATABASE_URL: postgres.url,
      GREY_REDIS_URL: redis.url,
      GREY_JWT_SECRET: 'only-for-the-bench-000000000000000000000000',
      GREY_PLAN_SECRET: 'only-for-the-bench-111111111111111111111111',
      GREY_DEMO: '1',
      NODE_ENV: 'production',
      ...settings,
    };
    const apis: ApiPart[] = [];
    for (let number = 1; number <= count; number++) {
      const api = await startApiPart(`api-${number}`, folder, env);
      apis.push(api);
      parts.push(api);
    }
    const [first] = apis as [ApiPart];
    const password = readFileSync(path.join(first.dataDir, 'admin-password'), 'utf8').trim();
    const login = { username: 'admin', password };
    const { accessToken } = await callerFor(first.url)<{ accessToken: string }>('POST', '/api/auth/login', login);
    return { postgres, redis, apis, token: accessToken, call: callerFor(first.url, accessToken), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
