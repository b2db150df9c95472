import { expect, test } from './console-test.ts';
import { ask, tenantId } from './seed.ts';

test('killing an instance takes it out of the service page and of /route', async ({ operator, world }) => {
  const tenant = tenantId(15);
  const { call } = world.product;
  await call('PUT', `/api/tenants/${tenant}/services/payment-service/version`, { targetVersion: '1.8.0' });
  const seen = async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(call, tenant)));
    return [...new Set(answers.map((answer) => answer.instanceId))].sort();
  };
  expect(await seen()).toEqual(['payment-1.8.0-1', 'payment-1.8.0-2']);
  await operator.goto('/services/payment-service');
  const row = operator.getByRole('row').filter({ hasText: 'payment-1.8.0-2' });
  await expect(row).toBeVisible();
  await world.instances.find((instance) => instance.instanceId === 'payment-1.8.0-2')?.kill();
  await expect(row).toHaveCount(0);
  expect(await seen()).toEqual(['payment-1.8.0-1']);
});

test('a version in use cannot be retired, and the page names what holds it', async ({ operator }) => {
  await operator.goto('/services/user-service');
  await operator.getByRole('button', { name: 'Retire 1.8.0' }).click();
  const dialog = operator.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Retire' }).click();
  await expect(dialog.getByRole('alert')).toContainText('The version is still in use.');
  await expect(dialog.getByRole('listitem').filter({ hasText: 'tenant-002' })).toBeVisible();
});

test('a service is created with a version and a default of its own', async ({ operator }) => {
  await operator.goto('/services');
  await operator.getByRole('button', { name: 'Create service' }).click();
  const dialog = operator.getByRole('dialog');
  await dialog.getByLabel('Id').fill('search-service');
  await dialog.getByRole('button', { name: 'Create service' }).click();
  await operator.getByRole('link', { name: 'search-service' }).click();
  for (const version of ['1.0.0', '1.1.0']) {
    await operator.getByRole('button', { name: 'Declare version' }).click();
    await dialog.getByRole('textbox', { name: 'Version' }).fill(version);
    await dialog.getByRole('button', { name: 'Declare version' }).click();
    await expect(operator.getByRole('cell', { name: version, exact: true })).toBeVisible();
  }
  await operator.getByRole('button', { name: 'Set default' }).click();
  await dialog.getByLabel('Share of 1.0.0 in percent').fill('90');
  await expect(dialog.getByRole('button', { name: 'Set default' })).toBeDisabled();
  await dialog.getByLabel('Share of 1.1.0 in percent').fill('10');
  await dialog.getByRole('button', { name: 'Set default' }).click();
  await expect(
    operator.getByText('1.0.0 90% · 1.1.0 10%').or(operator.getByText('1.1.0 10% · 1.0.0 90%')),
  ).toBeVisible();
});
