import type { Health } from '@grey/contracts';
import type { Locator, Page } from '@playwright/test';
import type { CallProduct } from '../call-product.ts';
import { startTinyInstance, type TinyInstance } from '../tiny-instance.ts';
import { expect, test } from './console-test.ts';
import { findViolations, findViolationsInBothColours } from './find-violations.ts';
import { ask, tenantId } from './seed.ts';

const service = 'night-service';
const tenants = [10, 11, 12].map(tenantId);
let instances: TinyInstance[] = [];

/** A service of this spec's own: a hold over one that others use would be in their way. */
test.beforeAll(async ({ world }) => {
  const { call } = world.product;
  await call('POST', '/api/services', { id: service, fallback: 'fail' });
  for (const version of ['1.4.0', '2.0.0']) {
    await call('POST', `/api/services/${service}/versions`, { version });
    instances.push(await startTinyInstance(call, { serviceId: service, version, instanceId: `night-${version}` }));
  }
});
test.beforeEach(async ({ world }) => {
  for (const tenant of tenants)
    await world.product.call('PUT', `/api/tenants/${tenant}/services/${service}/version`, { targetVersion: '2.0.0' });
});
test.afterAll(async () => {
  for (const instance of instances) await instance.kill();
  instances = [];
});

const versionsOf = (call: CallProduct) =>
  Promise.all(tenants.map(async (tenant) => (await ask(call, tenant, service)).version));

/** Goes on by Tab until something has the keyboard, as somebody without a mouse would. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeEnabled();
  for (let step = 0; step < 60; step++) {
    if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(wanted).toBeFocused();
}

/** Fills the page in by keys alone, and confirms. */
async function rollBack(page: Page, reason: string): Promise<void> {
  await tabTo(page, page.getByLabel(/^From/));
  await page.keyboard.type('2.0');
  await expect(page.getByLabel(/^To/)).toHaveValue('1.4.0');
  await tabTo(page, page.getByLabel('Reason'));
  await page.keyboard.type(reason);
  await tabTo(page, page.getByLabel(`Type ${service} to confirm`));
  await page.keyboard.type(service);
  await page.keyboard.press('Enter');
}

test('by the keyboard alone: two keystrokes, plan, name, routers, undo', async ({ operator, world }) => {
  const { call } = world.product;
  const { keyboard } = operator;
  await operator.goto('/changes');
  await expect(operator.getByRole('link', { name: 'Emergency rollback' })).toBeVisible();
  await tabTo(operator, operator.getByRole('textbox').first());

  // From a field too, and without waiting for anything to be drawn.
  await keyboard.press('Control+k');
  await keyboard.press('Enter');
  await expect(operator.getByRole('heading', { level: 1, name: 'Emergency rollback' })).toBeVisible();
  await expect(operator.getByRole('combobox', { name: 'Service' })).toBeFocused();
  await keyboard.type(service);
  await tabTo(operator, operator.getByLabel(/^From/));
  await keyboard.type('2.0');
  await expect(operator.getByTestId('rollback-plan').getByRole('status')).toHaveText('3 tenants move');
  await expect(operator.getByText('A reason is missing.')).toBeVisible();
  expect(await versionsOf(call)).toEqual(['2.0.0', '2.0.0', '2.0.0']);

  await rollBack(operator, 'Invoices are doubled');
  await expect(operator.getByTestId('rollback-done')).toHaveText('In force');
  await expect(operator.getByTestId('acknowledged')).toContainText('1 of 1 router after');
  await expect(operator.getByText('The log in PostgreSQL')).toBeVisible();
  await expect(operator.getByText('3 of 3')).toBeVisible();
  expect(await versionsOf(call)).toEqual(['1.4.0', '1.4.0', '1.4.0']);

  await tabTo(operator, operator.getByRole('button', { name: 'Undo the rollback' }));
  await keyboard.press('Enter');
  const dialog = operator.getByRole('dialog');
  await expect(dialog.getByTestId('lift-plan')).toContainText('3 tenants would move');
  await expect(dialog.getByTestId('lift-plan')).toContainText('3 assignments are written back.');
  await tabTo(operator, dialog.getByLabel(/^Reason/));
  await keyboard.type('Mended');
  await keyboard.press('Enter');
  await expect(operator.getByTestId('rollback-done')).toContainText('Taken back');
  expect(await versionsOf(call)).toEqual(['2.0.0', '2.0.0', '2.0.0']);
});

test('by the keyboard alone: a service found in the palette is rolled back, and its hold is lifted', async ({
  operator,
  world,
}) => {
  const { keyboard } = operator;
  await operator.goto('/emergency');
  await expect(operator.getByRole('combobox', { name: 'Service' })).toBeFocused();
  await keyboard.press('Control+k');
  await keyboard.type('night');
  const wanted = operator.getByRole('option', { name: `Roll back ${service} …` });
  await expect(wanted).toBeVisible();
  const options = operator.getByRole('listbox', { name: 'Find and go' }).getByRole('option');
  await expect(options.first()).toContainText(service);
  while ((await wanted.getAttribute('aria-selected')) !== 'true') await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(operator).toHaveURL(/\/emergency\?service=night-service$/);
  await rollBack(operator, 'Doubled again');
  await expect(operator.getByTestId('rollback-done')).toHaveText('In force');

  await tabTo(operator, operator.getByRole('link', { name: 'Open the hold' }));
  await keyboard.press('Enter');
  await expect(operator.getByRole('heading', { level: 1 })).toHaveText(`${service}: 2.0.0 is held`);
  await expect(operator.getByText('3 of 3')).toBeVisible();
  await tabTo(operator, operator.getByRole('button', { name: 'Lift the hold' }));
  await keyboard.press('Enter');
  await expect(operator.getByTestId('lift-plan')).toContainText('0 tenants would move');
  await tabTo(operator, operator.getByRole('dialog').getByLabel(/^Reason/));
  await keyboard.type('2.0.0 is not offered any more');
  await keyboard.press('Enter');
  await expect(operator.getByRole('heading', { level: 1 })).toHaveText(`${service}: 2.0.0 was held`);
  // Only the hold went: who was rewritten stays.
  expect(await versionsOf(world.product.call)).toEqual(['1.4.0', '1.4.0', '1.4.0']);
});

test('a lost answer is told as such, and the same request sent again has one effect', async ({ operator }) => {
  const [tenant] = tenants;
  const keys: (string | undefined)[] = [];
  await operator.route('**/api/emergency/rollback?*', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    const response = await route.fetch();
    // It arrived and was done; only nobody hears of it.
    if (keys.length === 1) await route.abort('connectionreset');
    else await route.fulfill({ response });
  });
  await operator.goto(`/emergency?service=${service}&from=2.0.0&to=1.4.0&tenants=${tenant},nobody-${tenant}`);
  await expect(operator.getByRole('region', { name: '1 tenant is left out' })).toContainText('no tenant has this id');
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await operator.getByLabel('Reason').fill('Doubled');
  await operator.getByLabel(`Type ${service} to confirm`).fill(service);
  await operator.getByRole('button', { name: 'Roll back 1 tenant from 2.0.0' }).click();
  const failure = operator.getByTestId('rollback-failure');
  await expect(failure).toContainText('No answer came: it may be in force or not.');
  // What may be in force cannot be changed into something else meanwhile.
  await expect(operator.getByLabel('Reason')).toBeDisabled();
  expect(await findViolations(operator)).toEqual([]);
  await failure.getByRole('button', { name: 'Send it again' }).click();
  await expect(operator.getByTestId('rollback-done')).toHaveText('In force');
  expect(await findViolations(operator)).toEqual([]);
  expect(keys).toEqual([keys[0], keys[0]]);
  expect(keys[0]).toBeTruthy();

  await operator.goto(`/holds?serviceId=${service}`);
  await expect(operator.getByText('1 hold', { exact: true })).toBeVisible();
  expect(await findViolations(operator)).toEqual([]);
  await operator.goto(`/tenants/${tenant}`);
  await expect(operator.getByRole('region', { name: 'Holds' })).toContainText('2.0.0 is held: answered by 1.4.0 since');
  await operator.getByRole('link', { name: `Open the hold on ${service} 2.0.0` }).click();
  await operator.getByRole('button', { name: 'Undo the rollback' }).click();
  await operator
    .getByRole('dialog')
    .getByLabel(/^Reason/)
    .fill('Over');
  await operator.getByRole('dialog').getByRole('button', { name: 'Undo the rollback' }).click();
  await expect(operator.getByRole('heading', { level: 1 })).toHaveText(`${service}: 2.0.0 was held`);
});

test('without PostgreSQL the page goes on with what the router knows, and says how durable it is', async ({
  operator,
  world,
}) => {
  const away = { status: 503, json: { type: '', title: 'away', status: 503, code: 'DATABASE_UNAVAILABLE' } };
  // All that PostgreSQL answers; the plan and the versions are the router's own.
  for (const path of ['services?*', `services/${service}/versions`, 'tenants?*', 'holds*'])
    await operator.route(`**/api/${path}`, (route) => route.fulfill(away));
  const health = await world.product.call<Health>('GET', '/health');
  const parts = { ...health.parts, database: { status: 'down' } };
  await operator.route('**/health', (route) => route.fulfill({ json: { ...health, parts } }));
  let isDiskFull = true;
  await operator.route('**/api/emergency/rollback?*', (route) =>
    isDiskFull
      ? route.fulfill({ status: 503, json: { type: '', title: 'full', status: 503, code: 'NOT_DURABLE' } })
      : route.fulfill({ json: journalled }),
  );
  await operator.goto('/emergency');
  await expect(operator.getByRole('combobox', { name: 'Service' })).toBeFocused();
  await operator.keyboard.press('Control+k');
  await expect(operator.getByRole('option', { name: /^Emergency rollback/ })).toHaveAttribute('aria-selected', 'true');
  expect(await findViolations(operator)).toEqual([]);
  await operator.keyboard.press('Escape');
  await expect(operator.getByText('PostgreSQL is away. A rollback works all the same.')).toBeVisible();
  await operator.getByRole('combobox', { name: 'Service' }).fill(service);
  await operator.getByLabel(/^From/).selectOption('2.0.0');
  await expect(operator.getByLabel(/^To/)).toHaveValue('1.4.0');
  await operator.getByLabel('Reason').fill('Doubled');
  await operator.getByLabel(`Type ${service} to confirm`).fill(service);
  await operator.getByRole('button', { name: /^Roll back .* from 2.0.0/ }).click();
  await expect(operator.getByTestId('rollback-failure')).toContainText('Not in force: it was refused.');
  await expect(operator.getByTestId('rollback-failure')).toContainText('Ask another replica, or free its disk');
  isDiskFull = false;
  await operator.getByTestId('rollback-failure').getByRole('button', { name: 'Try again' }).click();
  await operator.getByRole('button', { name: /^Roll back .* from 2.0.0/ }).click();
  await expect(operator.getByTestId('rollback-done')).toHaveText('In force');
  await expect(operator.getByText('and nowhere else')).toBeVisible();
  await expect(operator.getByText('The replica that answered has it, and is the only one.')).toBeVisible();
  expect(await findViolations(operator)).toEqual([]);
});

/** What the API answers when the rollback is in the journal of one replica; emergency-away.http.test.ts holds it to that. */
const journalled = {
  rollbackId: '7f8be7f5-6d0c-4f0a-9b3e-2f6f0f7b7f10',
  changeId: null,
  position: null,
  at: '2026-11-21T02:40:00.000Z',
  durability: 'journal',
  affectedCount: 0,
  byMove: [],
  leftOut: [],
  warnings: [{ code: 'NOT_CHECKED', message: 'not looked up' }],
  frozen: [],
  preempted: [],
  convergence: null,
};
