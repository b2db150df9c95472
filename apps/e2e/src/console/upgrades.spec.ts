import { expect, test } from './console-test.ts';
import { findViolations, findViolationsInBothColours } from './find-violations.ts';
import { makeUpgradable, type UpgradableService } from './upgradable-service.ts';

// Names begin with zz: they stand behind those that other specs reach with the keyboard.
const [well, broken] = ['zz-upgrade-well', 'zz-upgrade-broken'];
let shop: UpgradableService;
test.beforeAll(async ({ world: { product } }) => {
  shop = await makeUpgradable(product, 'zz-upgrade-shop', [well, broken]);
  // An order that nobody can be written to: version 2 will not have it.
  await shop.database.query('UPDATE s1.orders SET contact = NULL WHERE id = 7');
});
test.afterAll(() => shop.remove());

test('a tenant is upgraded from its page, up to the point of no return and past it', async ({ operator }) => {
  await operator.goto(`/tenants/${well}`);
  await operator.getByRole('link', { name: 'Upgrade …' }).click();
  await operator.getByRole('combobox', { name: 'Service', exact: true }).fill(shop.serviceId);
  await operator.getByRole('option', { name: shop.serviceId }).click();
  await operator.getByLabel('To version').selectOption('2.0.0');
  const plan = operator.getByTestId('upgrade-plan');
  await expect(plan).toContainText('there is no way back but a backup');
  await plan.getByText('takes away; no way back').click();
  await expect(plan.getByText('ALTER TABLE orders DROP COLUMN contact')).toBeVisible();
  await operator.getByLabel('Seconds').fill('0');
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await operator.getByRole('button', { name: `Upgrade ${well} to 2.0.0` }).click();

  const steps = operator.getByRole('list', { name: 'Steps' });
  await expect(operator.getByRole('button', { name: 'Confirm contract' })).toBeVisible();
  await expect(steps.getByRole('listitem').filter({ hasText: 'Switch route' })).toContainText('Done');
  await expect(operator.getByText('Everything done so far can be taken back.')).toBeVisible();
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await operator.getByRole('button', { name: 'Cancel' }).click();
  const dialog = operator.getByRole('dialog');
  await expect(dialog).toContainText('Requests go to 1.0.0 again.');
  await dialog.getByRole('button', { name: 'Leave it' }).click();

  await operator.getByRole('button', { name: 'Confirm contract' }).click();
  await expect(dialog.getByText('ALTER TABLE orders DROP COLUMN contact')).toBeVisible();
  const go = dialog.getByRole('button', { name: 'Let contract begin' });
  await dialog.getByLabel('Reason').fill('Seen for a day');
  await expect(go).toBeDisabled();
  await dialog.getByLabel(`Type ${well}`).fill(well);
  expect(await findViolations(operator)).toEqual([]);
  await go.click();
  await expect(operator.getByText(`${well} is at 2.0.0.`)).toBeVisible();
  await expect(steps).toContainText('Point of no return: crossed');
  await expect(steps).not.toContainText('is being taken away');
});

test('what failed stands first, with its statement, and goes on from the row once it is mended', async ({
  operator,
  world: { product },
}) => {
  const path = `/api/tenants/${broken}/services/${shop.serviceId}/upgrade`;
  await product.call('POST', path, { toVersion: '2.0.0', options: { contract: 'leave', soakSeconds: 0 } });
  await operator.goto(`/upgrades?serviceId=${shop.serviceId}`);
  const first = operator.getByRole('table', { name: 'Upgrades' }).getByRole('row').nth(1);
  await expect(first).toContainText('VALIDATE CONSTRAINT email_given');
  await expect(first).toContainText('Failed');
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await first.getByRole('link', { name: new RegExp(broken) }).click();
  const failure = operator.getByRole('region', { name: 'What failed' });
  await expect(failure).toContainText('is violated by some row');
  await expect(failure).toContainText('server code 23514');
  await expect(operator.getByText('The tenant is as it was before, at 1.0.0.')).toBeVisible();
  const expand = operator.getByRole('list', { name: 'Steps' }).getByRole('listitem').filter({ hasText: 'Expand' });
  await expect(expand).toContainText('Failed, and taken back');

  await shop.database.query("UPDATE s1.orders SET contact = 'somebody' WHERE contact IS NULL");
  await operator.goBack();
  await first.getByRole('button', { name: `Retry ${broken}` }).click();
  await operator.getByRole('dialog').getByRole('button', { name: 'Retry' }).click();
  const row = operator.getByRole('row', { name: new RegExp(broken) });
  await expect(row).toContainText('Done');
  const { rows } = await shop.database.query('SELECT count(email)::int AS filled FROM s1.orders');
  expect(rows).toEqual([{ filled: 20 }]);
});
