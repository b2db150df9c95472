import type { Page } from '@playwright/test';
import { expect, test } from './console-test.ts';
import { findViolationsInBothColours } from './find-violations.ts';
import { tenantId } from './seed.ts';

const draftOf = (path: string, first: number) => ({
  normalizePath: false,
  rules: [
    {
      id: 'admins',
      name: 'Admins',
      priority: 9,
      isEnabled: true,
      path: { type: 'prefix', value: path },
      when: { op: 'equals', operand: { from: 'claim', name: 'role' }, value: 'admin' },
      target: { kind: 'version', version: '2.1.0' },
    },
    {
      id: 'some',
      name: 'Some users',
      priority: 0,
      isEnabled: true,
      path: { type: 'prefix', value: path },
      target: {
        kind: 'split',
        unit: { by: 'user' },
        whenMissing: 'tenant',
        shares: [
          { version: '1.8.0', weight: first },
          { version: '2.1.0', weight: 10_000 - first },
        ],
      },
    },
  ],
});
const rulesOf = '/api/services/payment-service/rules';

async function seen(page: Page, testId: string): Promise<string> {
  await expect(page.getByTestId(testId)).toBeVisible();
  return (await page.getByTestId(testId).textContent()) ?? '';
}

test('the playground decides as the router does, says why, and its address can be shared', async ({
  operator,
  context,
}) => {
  await operator.goto('/playground');
  await operator.getByLabel('Service').fill('payment-service');
  await operator.getByLabel('Tenant').fill(tenantId(1));
  await operator.getByLabel('User', { exact: true }).fill('42');
  await expect(operator.getByTestId('decided-version')).toHaveText('1.8.0');
  const why = operator.getByRole('list', { name: 'Why, by the live rules' });
  await expect(why).toContainText('The tenant is assigned this version.');
  // The question is what the address says, which the last field reaches a moment later.
  await expect(operator).toHaveURL(/user=/);
  await operator.getByRole('button', { name: 'Ask the router' }).click();
  await expect(operator.getByTestId('router-verdict')).toContainText('The router answers the same');
  const shared = await context.newPage();
  await shared.goto(operator.url());
  await expect(shared.getByTestId('decided-version')).toHaveText('1.8.0');
  await expect(shared.getByLabel('User', { exact: true })).toHaveValue('42');
  expect(await findViolationsInBothColours(operator)).toEqual([]);
});

test('an address of the former explain page leads to the same question', async ({ operator }) => {
  await operator.goto('/explain?tenantId=nobody&serviceName=payment-service&metadata=userId%3D42%0Aheaders.x-beta%3D1');
  await expect(operator).toHaveURL(/\/playground\?/);
  await expect(operator.getByTestId('decided-version')).toHaveText('TENANT_UNKNOWN');
  await expect(operator.getByLabel('Headers')).toHaveValue('x-beta=1');
});

test('a change arrives in the playground by itself', async ({ operator, world }) => {
  const tenant = tenantId(34);
  const move = (targetVersion: string) =>
    world.product.call('PUT', `/api/tenants/${tenant}/services/payment-service/version`, { targetVersion });
  // Other tests may have moved it.
  await move('2.0.3');
  await operator.goto(`/playground?service=payment-service&tenant=${tenant}`);
  await expect(operator.getByTestId('decided-version')).toHaveText('2.0.3');
  await move('2.1.0');
  await expect(operator.getByTestId('decided-version')).toHaveText('2.1.0');
});

test('what a draft would do is what it does once it is published', async ({ operator, world }) => {
  const { call } = world.product;
  const path = '/what-if/';
  const publish = () => call('POST', `${rulesOf}/draft/publish`, {});
  await call('PUT', `${rulesOf}/draft`, draftOf(path, 8_000));
  await publish();
  try {
    await call('PUT', `${rulesOf}/draft`, draftOf(path, 5_000));
    await operator.goto(
      `/playground?service=payment-service&tenant=${tenantId(35)}&user=u1&path=${path}x%3Fpage%3D2&claims=${encodeURIComponent('{"role":"guest"}')}`,
    );
    const why = operator.getByRole('list', { name: 'Why, by the live rules' });
    await expect(why).toContainText('Admins: condition not met.');
    await expect(why).toContainText('saw guest');
    await expect(why).toContainText('Some users matches.');
    await operator.getByRole('button', { name: 'Ask the router' }).click();
    await expect(operator.getByTestId('router-verdict')).toContainText('The router answers the same');
    await operator.getByLabel('Beside the saved draft').check();
    await expect(operator.getByTestId('draft-version')).toBeVisible();
    await operator.getByRole('button', { name: 'Decide for 10,000' }).click();
    const spread = operator.getByRole('table', { name: 'Users by version' });
    await expect(spread).toBeVisible();
    // Raising a share evicts nobody: all who move, move to the version that grew.
    await expect(operator.getByRole('table', { name: 'Who would move' }).getByRole('row')).toHaveCount(2);
    const summary = await seen(operator, 'batch-summary');
    const moved = Number(summary.split(' ')[0]?.replace(',', ''));
    expect(moved).toBeGreaterThan(2_700);
    expect(moved).toBeLessThan(3_300);
    expect(await findViolationsInBothColours(operator)).toEqual([]);
    const drafted: string[] = [];
    for (const user of ['u1', 'u2', 'u3', 'u4', 'u5', 'u6']) {
      await operator.getByLabel('User', { exact: true }).fill(user);
      await expect(operator).toHaveURL(new RegExp(`user=${user}`));
      drafted.push(await seen(operator, 'draft-version'));
    }
    await publish();
    for (const [index, user] of ['u1', 'u2', 'u3', 'u4', 'u5', 'u6'].entries()) {
      const answer = await call<{ version: string }>('POST', '/api/grey-router/route', {
        tenantId: tenantId(35),
        serviceName: 'payment-service',
        requestMetadata: { userId: user, path: `${path}x` },
      });
      expect(answer.version, user).toBe(drafted[index]);
    }
  } finally {
    await call('PUT', `${rulesOf}/draft`, { rules: [] });
    await publish();
  }
});
