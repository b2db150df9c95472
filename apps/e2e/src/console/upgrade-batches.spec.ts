import { expect, test } from './console-test.ts';
import { findViolations, findViolationsInBothColours } from './find-violations.ts';
import { makeUpgradable, type UpgradableService } from './upgradable-service.ts';

// Names begin with zz: they stand behind those that other specs reach with the keyboard.
const tenants = ['zz-wave-a', 'zz-wave-b', 'zz-wave-c'];
let shop: UpgradableService;
test.beforeAll(async ({ world: { product } }) => {
  shop = await makeUpgradable(product, 'zz-wave-shop', tenants);
});
test.afterAll(() => shop.remove());

test('tenants are upgraded in waves as planned, and taken back as one', async ({ operator }) => {
  await operator.goto('/upgrades/batches');
  await operator.getByRole('link', { name: 'Upgrade many …' }).click();
  const next = operator.getByRole('button', { name: 'Next' });
  await expect(next).toBeDisabled();
  await operator.getByRole('combobox', { name: 'Service', exact: true }).fill(shop.serviceId);
  await operator.getByRole('option', { name: shop.serviceId }).click();
  await operator.getByLabel('To version').selectOption('2.0.0');
  await operator.getByLabel('From version').selectOption('1.0.0');
  await next.click();
  await operator.getByRole('button', { name: '5 % → 50 % → rest' }).click();
  await operator.getByRole('button', { name: 'Remove wave 1' }).click();
  await operator.getByRole('listitem', { name: 'Wave 1' }).getByLabel('Then wait, minutes').fill('0');
  expect(await findViolations(operator)).toEqual([]);
  await next.click();
  await operator.getByLabel('Seconds').fill('0');
  await operator.getByRole('button', { name: 'Show the plan' }).click();
  const plan = operator.getByTestId('batch-plan');
  await expect(plan).toContainText('3 tenants to zz-wave-shop 2.0.0, in waves: 2');
  for (const id of tenants) await expect(plan).toContainText(id);
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await operator.getByLabel('Reason').fill('2.0.0 writes to people');
  await operator.getByRole('button', { name: 'Upgrade 3 tenants' }).click();

  await expect(operator.getByText('All waves are through. 3 wait')).toBeVisible();
  const rows = operator.getByRole('table', { name: 'Tenants' }).getByRole('row');
  await expect(rows).toHaveCount(4);
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await operator.getByRole('button', { name: 'Confirm contract …' }).click();
  const dialog = operator.getByRole('dialog');
  await expect(dialog).toContainText('ALTER TABLE orders DROP COLUMN contact');
  await expect(dialog.getByLabel('Type 3 to confirm')).toBeVisible();
  await dialog.getByRole('button', { name: 'Leave it' }).click();

  await operator.getByRole('button', { name: 'Roll back …' }).click();
  await dialog.getByRole('radio', { name: 'All waves: 3 tenants' }).check();
  await dialog.getByLabel('Reason').fill('Mails are not sent');
  await dialog.getByLabel('Type 3 to confirm').fill('3');
  await dialog.getByRole('button', { name: 'Roll back' }).click();
  await expect(operator.getByText('It was rolled back.')).toBeVisible();
  await expect(operator.getByText('Mails are not sent').first()).toBeVisible();
  const { rows: left } = await shop.database.query(
    "SELECT table_schema FROM information_schema.columns WHERE table_name = 'orders' AND column_name = 'email'",
  );
  expect(left).toEqual([]);
  await operator.getByRole('link', { name: '← All batches' }).click();
  await expect(operator.getByRole('row', { name: /zz-wave-shop/ })).toContainText('Rolled back');
});
