import { expect, vi } from 'vitest';
import { type Answer, startTestApi, type TestApi } from './start-test-api.ts';
import { startTenantService, type TenantService } from './tenant-service.ts';

/** An API that follows a tenant-management service, and the short ways to ask it. */
export interface Following {
  readonly api: TestApi;
  readonly service: TenantService;
  status(): Promise<Answer['body']>;
  run(): Promise<Answer['body']>;
  apply(planToken: string, options?: Parameters<TestApi['ask']>[3]): Promise<Answer>;
  lastChange(): Promise<Answer['body']>;
  tenant(id: string): Promise<Answer['body']>;
  stop(): Promise<void>;
}

export const PATIENCE = { timeout: 30_000, interval: 20 };

/** Starts both, and waits for the run that the API does by itself at its start; the next one is a day off. */
export async function followTenants(tenants: unknown[], config: { token?: string } = {}): Promise<Following> {
  const service = await startTenantService(tenants);
  const api = await startTestApi({
    GREY_TENANT_SYNC_URL: service.url,
    GREY_TENANT_SYNC_TOKEN: config.token ?? service.token,
    GREY_TENANT_SYNC_INTERVAL_MS: 86_400_000,
  });
  const get = async (target: string) => (await api.ask('GET', target)).body;
  const status = () => get('/api/tenant-sync');
  await vi.waitFor(async () => expect((await status()).runs).toHaveLength(1), PATIENCE);
  return {
    api,
    service,
    status,
    run: async () => (await api.ask('POST', '/api/tenant-sync/run')).body,
    apply: (planToken, options) => api.ask('POST', '/api/tenant-sync/apply', { planToken }, options),
    lastChange: async () => (await get('/api/changes?limit=1')).items[0],
    tenant: (id) => get(`/api/tenants/${id}`),
    stop: async () => {
      await api.close();
      await service.close();
    },
  };
}
