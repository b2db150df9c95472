import { callerFor } from '../call-product.ts';
import { expect, test } from './console-test.ts';
import { findViolationsInBothColours } from './find-violations.ts';
import { tenantId } from './seed.ts';

interface Answer {
  readonly version: string;
  readonly reason: string;
  readonly lane: string | null;
  readonly experiment: { readonly id: string; readonly variant: string } | null;
  readonly flags: Readonly<Record<string, unknown>> | null;
}

test('an experiment is created, checked, started after a question, and decides', async ({ operator, world }) => {
  const { call } = world.product;
  await operator.goto('/services/payment-service/experiments');
  await operator.getByRole('button', { name: 'Create experiment' }).click();
  const dialog = operator.getByRole('dialog');
  await dialog.getByLabel('Id').fill('page-of-two');
  await dialog.getByLabel('Version of variant 1').selectOption('1.8.0');
  await dialog.getByLabel('Version of variant 2').selectOption('2.1.0');
  await dialog.getByLabel('Share of variant 1 in percent').fill('40');
  await expect(dialog.getByRole('status')).toHaveText('10% are missing.');
  await dialog.getByLabel('Only for').fill('region ==');
  await expect(dialog.getByText(/^Line 1, column/)).toBeVisible();
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await dialog.getByRole('button', { name: 'Create experiment' }).click();
  await expect(dialog.getByRole('status')).toHaveText('10% are missing.');
  await dialog.getByRole('button', { name: 'Spread evenly' }).click();
  await dialog.getByLabel('Only for').fill("region == 'test-lab'");
  await dialog.getByRole('button', { name: 'Create experiment' }).click();
  const card = operator.getByRole('region', { name: 'page-of-two' });
  await expect(card).toContainText('Stopped');
  await expect(card).toContainText("region == 'test-lab'");
  await card.getByRole('button', { name: 'Start' }).click();
  await expect(dialog).toContainText('pinned tenants, lanes and rules come first');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await expect(card).toContainText('Running');
  const answer = await call<Answer>('POST', '/api/grey-router/route', {
    tenantId: tenantId(31),
    serviceName: 'payment-service',
    requestMetadata: { userId: 'u1', region: 'test-lab' },
  });
  expect(answer.reason).toBe('EXPERIMENT');
  expect(answer.experiment?.id).toBe('page-of-two');
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await card.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByLabel('Type page-of-two to confirm').fill('page-of-two');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(card).toHaveCount(0);
});

test('a lane is drawn as a call chain, and decides for whoever carries its tag', async ({ operator, world }) => {
  const { call } = world.product;
  await operator.goto('/lanes');
  await operator.getByRole('button', { name: 'Create lane' }).click();
  const dialog = operator.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Tag' }).fill('pair');
  await dialog.getByLabel('Service 1', { exact: true }).selectOption('payment-service');
  await dialog.getByLabel('Version of service 1').selectOption('2.1.0');
  await dialog.getByRole('button', { name: 'Add service' }).click();
  await dialog.getByLabel('Service 2', { exact: true }).selectOption('order-service');
  await dialog.getByLabel('Version of service 2').selectOption('1.8.0');
  await dialog.getByLabel('Some enter without the tag').check();
  await dialog.getByRole('button', { name: 'Create lane' }).click();
  await expect(dialog.getByText(/everybody would enter/)).toBeVisible();
  await dialog.getByLabel('Who: condition').fill("header['x-pair'] == 'yes'");
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await dialog.getByRole('button', { name: 'Create lane' }).click();
  await operator.getByRole('link', { name: 'pair', exact: true }).click();
  const picture = operator.getByRole('img', { name: /^Call chain of the lane pair/ });
  await expect(picture).toContainText('payment-service');
  await expect(picture).toContainText('order-service');
  const row = operator.getByRole('table', { name: 'Services' }).getByRole('row').filter({ hasText: 'user-service' });
  await expect(row).toContainText('As without the lane');
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  const ask = (requestMetadata: object, serviceName = 'payment-service') =>
    call<Answer>('POST', '/api/grey-router/route', { tenantId: tenantId(32), serviceName, requestMetadata });
  expect(await ask({ headers: { 'X-Pair': 'yes' } })).toMatchObject({ version: '2.1.0', reason: 'LANE', lane: 'pair' });
  expect((await ask({})).lane).toBeNull();
  await operator.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByLabel('Type pair to confirm').fill('pair');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(operator).toHaveURL(/\/lanes$/);
  expect((await ask({ headers: { 'X-Pair': 'yes' } })).lane).toBeNull();
});

test('a flag of a version is added, answered by /route, and shown as JSON', async ({ operator, world }) => {
  const { call } = world.product;
  const tenant = tenantId(33);
  await operator.goto('/services/payment-service');
  await operator.getByLabel('Flags of version').selectOption('2.0.3');
  await operator.getByRole('button', { name: 'Add flag' }).click();
  const dialog = operator.getByRole('dialog');
  await dialog.getByLabel('Name').fill('new-cart');
  await dialog.getByRole('button', { name: 'Add rule' }).click();
  const rule = dialog.getByRole('group', { name: 'Rule 1' });
  await rule.getByLabel('When').fill("user == 'u9'");
  await rule.getByLabel('Value').selectOption('true');
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await dialog.getByRole('button', { name: 'Add flag' }).click();
  await expect(operator.getByRole('table', { name: 'Flags' })).toContainText("user == 'u9' → true");
  await operator.locator('summary', { hasText: 'As JSON' }).click();
  await expect(operator.locator('pre')).toContainText('"new-cart": false');
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  const flagsOf = async (userId: string) =>
    (
      await call<Answer>('POST', '/api/grey-router/route', {
        tenantId: tenant,
        serviceName: 'payment-service',
        requestMetadata: { userId },
      })
    ).flags;
  expect(await flagsOf('u9')).toEqual({ 'new-cart': true });
  expect(await flagsOf('u8')).toEqual({ 'new-cart': false });
  await operator.getByRole('button', { name: 'Delete new-cart' }).click();
  await dialog.getByLabel('Type new-cart to confirm').fill('new-cart');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(operator.getByText('This version exposes no flags.')).toBeVisible();
});

test('a viewer reads experiments, lanes and flags, and is offered nothing to change', async ({ page, world }) => {
  const { call, url } = world.product;
  const password = 'handed over on paper';
  await call('POST', '/api/users', { username: 'onlooker', name: 'Onlooker', role: 'VIEWER', password });
  await call('PUT', '/api/lanes/watched', { versions: [{ serviceId: 'payment-service', version: '2.1.0' }] });
  const first = await callerFor(url)<{ accessToken: string }>('POST', '/api/auth/login', {
    username: 'onlooker',
    password,
  });
  const session = await callerFor(url, first.accessToken)('PUT', '/api/auth/password', {
    currentPassword: password,
    newPassword: 'a password of my own',
  });
  await page.addInitScript((one) => localStorage.setItem('grey.session', JSON.stringify(one)), session);
  const offered = async () =>
    (await page.locator('main').getByRole('button').allTextContents()).map((one) => one.trim());
  await page.goto('/services/payment-service/experiments');
  await expect(page.getByText('There is no experiment yet.')).toBeVisible();
  expect(await offered()).toEqual([]);
  await page.goto('/lanes/watched');
  await expect(page.getByRole('img', { name: /^Call chain/ })).toBeVisible();
  expect(await offered()).toEqual([]);
  await page.goto('/services/payment-service');
  await expect(page.getByText('This version exposes no flags.')).toBeVisible();
  expect(await offered()).toEqual([]);
  await page.goto(`/playground?service=payment-service&tenant=${tenantId(36)}&tag=watched`);
  await expect(page.getByTestId('decided-version')).toHaveText('2.1.0');
  // Here the question is believed; the router believes an unsigned tag of nobody but a gateway, and the page says so.
  await page.getByRole('button', { name: 'Ask the router' }).click();
  await expect(page.getByTestId('router-verdict')).toContainText('The router answers differently.');
  await expect(page.getByText(/strips a lane tag that is not signed/)).toBeVisible();
  await call('DELETE', '/api/lanes/watched');
});
