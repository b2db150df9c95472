import { findRedis, type RunningRedis, startRedis } from '@grey/testkit';
import { type Product, type Replica, startProduct } from '../start-product.ts';
import { expect, test as oneProcess } from './console-test.ts';
import { startTenantSource, type TenantSource } from './tenant-source.ts';

/** How many tenants the source lists at first. */
export const syncedTenants = 30;
export const syncedTenant = (index: number) => ({ id: `synced-${index}`, name: `Synced ${index}`, tier: 'gold' });

interface Fleet {
  readonly product: Product;
  /** The second router; the product is the first, and serves the console. */
  readonly replica: Replica;
  readonly redis: RunningRedis;
  readonly source: TenantSource;
}

/** Why these specs cannot run here; undefined when they can. */
const found = findRedis();
export const whyNoFleet = 'reason' in found ? found.reason : undefined;

/** Two routers behind Redis that follow a tenant-management service; otherwise as in `console-test`. */
export const test = oneProcess.extend<object, { readonly fleet: Fleet }>({
  fleet: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads the names of the fixtures from this pattern
    async ({}, use) => {
      const redis = await startRedis();
      const source = await startTenantSource();
      source.list(Array.from({ length: syncedTenants }, (_, index) => syncedTenant(index)));
      const product = await startProduct({
        GREY_REDIS_URL: redis.url,
        GREY_TENANT_SYNC_URL: source.url,
        GREY_TENANT_SYNC_TOKEN: source.token,
      });
      const replica = await product.startReplica();
      await use({ product, replica, redis, source });
      await product.stop();
      await source.stop();
      await redis.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  world: [async ({ fleet }, use) => use({ product: fleet.product, instances: [] }), { scope: 'worker' }],
});

export { expect };
