import { test as base, expect, type Page } from '@playwright/test';
import { type Product, startProduct } from '../start-product.ts';
import type { TinyInstance } from '../tiny-instance.ts';
import { seed } from './seed.ts';

export interface Fixtures {
  /** A page of an operator who is logged in. */
  readonly operator: Page;
}
export interface WorkerFixtures {
  readonly world: { readonly product: Product; readonly instances: TinyInstance[] };
}

/** One product for all specs; each spec has tenants of its own, so that their order does not matter. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads the names of the fixtures from this pattern
    async ({}, use) => {
      // With a key for secrets there are channels, with a master key data sources; what they reach is on this machine.
      const product = await startProduct({
        GREY_SECRETS_KEY: '07'.repeat(32),
        GREY_WEBHOOK_ALLOW: '127.0.0.1',
        GREY_MASTER_KEY: `first:${'0b'.repeat(32)}`,
        GREY_DATA_SOURCE_ALLOW: '127.0.0.1',
      });
      const instances = await seed(product.call);
      await use({ product, instances });
      for (const instance of instances) await instance.kill();
      await product.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ world }, use) => use(world.product.url),
  operator: async ({ page, world }, use) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    // A blocked script or style is a hole in the content security policy or in the build.
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) faults.push(message.text());
    });
    await page.addInitScript((session) => {
      if (!localStorage.getItem('grey.session')) localStorage.setItem('grey.session', JSON.stringify(session));
    }, world.product.session);
    await use(page);
    expect(faults).toEqual([]);
  },
});

export { expect };
