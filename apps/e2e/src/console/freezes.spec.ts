import { expect, test } from './console-test.ts';
import { findViolations, findViolationsInBothColours } from './find-violations.ts';

// Names begin with zz: they stand behind those that other specs reach with the keyboard.
test('a freeze is set, seen where it matters, refuses a move, is overridden with a reason, and deleted', async ({
  operator,
  world,
}) => {
  const { call } = world.product;
  await call('POST', '/api/services', { id: 'zz-cold-shop' });
  for (const version of ['1.0.0', '2.0.0']) await call('POST', '/api/services/zz-cold-shop/versions', { version });
  await call('PATCH', '/api/services/zz-cold-shop', { defaultVersions: [{ version: '1.0.0', weight: 10_000 }] });
  await call('POST', '/api/tenants', { id: 'zz-cold-tenant', name: 'Cold' });

  await operator.goto('/freezes');
  await operator.getByRole('button', { name: 'Set a freeze', exact: true }).click();
  const dialog = operator.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Stock-taking');
  await dialog.getByLabel('Reason').fill('Stock is counted');
  await dialog.getByLabel('Services').fill('zz-cold-shop');
  await dialog.getByLabel('Ends').fill('2020-01-01T00:00');
  await dialog.getByRole('button', { name: 'Set a freeze' }).click();
  await expect(dialog.getByText('It must end after it begins.')).toBeVisible();
  // From yesterday to tomorrow, whatever day it is.
  const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  await dialog.getByLabel('Begins').fill(`${day(-2)}T00:00`);
  await dialog.getByLabel('Ends').fill(`${day(2)}T00:00`);
  await dialog.getByRole('button', { name: 'Set a freeze' }).click();
  const bar = operator
    .getByRole('region', { name: 'Calendar of freezes' })
    .getByRole('button', { name: /^Stock-taking/ });
  await expect(bar.first()).toBeVisible();
  expect(await findViolationsInBothColours(operator)).toEqual([]);

  await operator.goto('/tenants/zz-cold-tenant');
  await expect(operator.getByRole('region', { name: 'Freezes in force now' })).toContainText('Stock is counted');
  await operator.getByLabel('Target version of zz-cold-shop').selectOption('2.0.0');
  await operator.getByRole('button', { name: 'Review plan' }).click();
  const refusals = dialog.getByRole('table', { name: 'What is refused, and why' });
  await expect(refusals).toContainText('FROZEN');
  await expect(refusals).toContainText('Wait until');
  await dialog.getByLabel('Reason for overriding').fill('the customer cannot pay');
  expect(await findViolations(operator)).toEqual([]);
  await dialog.getByRole('button', { name: 'Override 1 objection' }).click();
  await expect(dialog.getByText('1 objection is set aside')).toBeVisible();
  await dialog.getByRole('button', { name: 'Apply as one: 1' }).click();
  await expect(operator.getByTestId('current-zz-cold-shop')).toHaveText('2.0.0');

  await operator.goto('/services/zz-cold-shop');
  await operator.getByRole('region', { name: 'Freezes in force now' }).getByRole('link', { name: 'Open' }).click();
  await expect(dialog.getByRole('table', { name: 'Overridden by' })).toContainText('the customer cannot pay');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await operator.getByRole('dialog', { name: 'Delete Stock-taking' }).getByRole('button', { name: 'Delete' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(bar).toHaveCount(0);
});
