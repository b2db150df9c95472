import { expect, test } from './console-test.ts';
import { ask, tenantId } from './seed.ts';

test('changing the version of a tenant in the console changes the next answer of /route', async ({
  operator,
  world,
}) => {
  const tenant = tenantId(10);
  const { call } = world.product;
  expect((await ask(call, tenant)).version).toBe('2.0.3');
  await operator.goto(`/tenants/${tenant}`);
  await operator.getByLabel('Target version of payment-service').selectOption('2.1.0');
  const tray = operator.getByRole('region', { name: 'Pending changes' });
  await expect(tray).toContainText('1 pending change');
  // Nothing has moved yet, and leaving the page does not lose the note.
  expect((await ask(call, tenant)).version).toBe('2.0.3');
  await operator.reload();
  await tray.getByRole('button', { name: 'Review plan' }).click();
  const dialog = operator.getByRole('dialog');
  await expect(dialog.getByTestId('plan-summary')).toContainText('1 to move');
  await dialog.getByLabel('Reason').fill('Asked for by the customer');
  await dialog.getByRole('button', { name: 'Apply as one: 1' }).click();
  await expect(operator.getByText(/^Change .+-\d+\. Effective on 1 of 1 router\.$/)).toBeVisible();
  const answer = await ask(call, tenant);
  expect([answer.version, answer.reason]).toEqual(['2.1.0', 'ASSIGNMENT']);
  await expect(operator.getByTestId('current-payment-service')).toHaveText('2.1.0');
  await expect(tray).toHaveCount(0);
});

test('a change of somebody else appears without reloading', async ({ operator, world }) => {
  const tenant = tenantId(11);
  await operator.goto(`/tenants/${tenant}`);
  await expect(operator.getByTestId('current-user-service')).toHaveText('2.0.3');
  await expect(operator.getByTestId('live-chip')).toContainText('Live');
  await world.product.call('PUT', `/api/tenants/${tenant}/services/user-service/version`, { targetVersion: '2.1.0' });
  await expect(operator.getByTestId('current-user-service')).toHaveText('2.1.0');
});

test('a cell that somebody else moved meanwhile is shown as yours and theirs, and the choice holds', async ({
  operator,
  world,
}) => {
  const tenant = tenantId(12);
  const { call } = world.product;
  await operator.goto(`/tenants/${tenant}`);
  await operator.getByLabel('Target version of payment-service').selectOption('2.1.0');
  await operator.getByLabel('Target version of order-service').selectOption('2.1.0');
  for (const service of ['payment-service', 'order-service'])
    await call('PUT', `/api/tenants/${tenant}/services/${service}/version`, { targetVersion: '1.8.0' });
  await expect(operator.getByText('changed meanwhile')).toHaveCount(2);
  await operator.getByRole('button', { name: 'Review plan' }).click();
  const dialog = operator.getByRole('dialog');
  await expect(dialog.getByTestId('conflict')).toHaveCount(2);
  const conflict = (service: string) => dialog.getByTestId('conflict').filter({ hasText: service });
  await conflict('payment-service').getByText('Yours: 2.1.0').click();
  await conflict('order-service').getByText('Theirs: 1.8.0').click();
  await dialog.getByRole('button', { name: 'Plan again with these choices' }).click();
  await expect(dialog.getByTestId('conflict')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Apply as one: 1' }).click();
  await expect(dialog).toHaveCount(0);
  expect((await ask(call, tenant)).version).toBe('2.1.0');
  await expect(operator.getByTestId('current-order-service')).toHaveText('1.8.0');
});

test('a tenant is created, edited and, once its id is typed, deleted', async ({ operator }) => {
  await operator.goto('/tenants');
  await operator.getByRole('button', { name: 'Create tenant' }).click();
  const dialog = operator.getByRole('dialog');
  await dialog.getByLabel('Id').fill('tenant-new');
  await dialog.getByLabel('Name').fill('Fabrikam');
  await dialog.getByRole('button', { name: 'Create tenant' }).click();
  await expect(dialog).toHaveCount(0);
  await operator.getByLabel('Id or name').fill('fabrik');
  await expect(operator).toHaveURL(/search=fabrik/);
  await operator.getByRole('link', { name: 'tenant-new' }).click();
  await operator.getByRole('button', { name: 'Edit' }).click();
  await dialog.getByLabel('Name').fill('Fabrikam Ltd');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(operator.getByRole('heading', { name: 'Fabrikam Ltd' })).toBeVisible();
  await operator.getByRole('button', { name: 'Delete' }).click();
  await expect(dialog.getByRole('button', { name: 'Delete' })).toBeDisabled();
  await dialog.getByLabel('Type tenant-new to confirm').fill('tenant-new');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(operator).toHaveURL(/\/tenants$/);
  await operator.goto('/tenants/tenant-new');
  await expect(operator.getByRole('alert')).toContainText('No tenant has this id.');
});
