import { expect, test } from './console-test.ts';
import { findViolations, findViolationsInBothColours } from './find-violations.ts';
import { tenantId } from './seed.ts';

const pages = {
  tenants: '/tenants',
  tenant: `/tenants/${tenantId(1)}`,
  matrix: '/matrix',
  services: '/services',
  service: '/services/payment-service',
  experiments: '/services/payment-service/experiments',
  lanes: '/lanes',
  playground: `/playground?tenant=${tenantId(1)}&service=payment-service`,
  refusal: '/playground?tenant=nobody&service=payment-service',
  changes: '/changes',
  discovery: '/discovery',
  routers: '/routers',
  'tenant sync, off': '/tenant-sync',
  access: '/access',
  failure: '/tenants/nobody',
  'own password': '/password',
  'unknown address': '/no/such/page',
};

test('axe finds nothing on the login page', async ({ page }) => {
  await page.goto('/login');
  await expect(page.getByRole('button', { name: 'Log in' })).toBeVisible();
  expect(await findViolationsInBothColours(page)).toEqual([]);
});

for (const [name, path] of Object.entries(pages))
  test(`axe finds nothing on the page: ${name}`, async ({ operator }) => {
    await operator.goto(path);
    await expect(operator.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(operator.getByText(/^Loading: /)).toHaveCount(0);
    expect(await findViolationsInBothColours(operator)).toEqual([]);
  });

test('axe finds nothing in the dialogs', async ({ operator }) => {
  await operator.goto(`/tenants/${tenantId(35)}`);
  await operator.getByLabel('Target version of payment-service').selectOption('2.1.0');
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await operator.getByRole('button', { name: 'Review plan' }).click();
  await expect(operator.getByTestId('plan-summary')).toBeVisible();
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await operator.getByRole('button', { name: 'Cancel' }).click();
  await operator.getByRole('button', { name: 'Delete' }).click();
  await expect(operator.getByLabel(/^Type tenant/)).toBeVisible();
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await operator.goto('/services/payment-service');
  for (const button of ['Declare version', 'Set default', 'Edit', 'Retire 2.0.3']) {
    await operator.getByRole('button', { name: button }).click();
    await expect(operator.getByRole('dialog')).toBeVisible();
    expect(await findViolationsInBothColours(operator), button).toEqual([]);
    await operator.getByRole('button', { name: 'Cancel' }).click();
  }
  await operator.goto('/access');
  for (const button of ['Create API key', 'Create user']) {
    await operator.getByRole('button', { name: button }).click();
    await expect(operator.getByRole('dialog')).toBeVisible();
    expect(await findViolationsInBothColours(operator), button).toEqual([]);
    await operator.getByRole('button', { name: 'Cancel' }).click();
  }
});

test('the console speaks Chinese once it is asked to, also after a reload', async ({ operator }) => {
  await operator.goto('/tenants');
  await operator.getByRole('button', { name: '中文' }).click();
  await expect(operator.getByRole('heading', { level: 1, name: '租户' })).toBeVisible();
  await expect(operator.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await operator.reload();
  await expect(operator.getByRole('link', { name: '矩阵' })).toBeVisible();
  expect(await findViolations(operator)).toEqual([]);
});

test('the colours follow the operator over the system, also after a reload', async ({ operator }) => {
  await operator.goto('/tenants');
  const html = operator.locator('html');
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'light');
  await operator.getByRole('button', { name: /^Colours/ }).click();
  await operator.getByRole('menuitem', { name: 'Dark' }).click();
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await operator.reload();
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'dark');
});
