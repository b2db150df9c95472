import { expect, test } from './console-test.ts';
import { findViolationsInBothColours } from './find-violations.ts';
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

test('a service is told how to balance and what to fall back to, and says so', async ({ operator, world }) => {
  const { call } = world.product;
  await call('POST', '/api/services', { id: 'balanced-service' });
  await call('POST', '/api/services/balanced-service/versions', { version: '1.0.0' });
  await operator.goto('/services/balanced-service');
  await operator.getByRole('button', { name: 'Edit' }).click();
  const dialog = operator.getByRole('dialog');
  await expect(dialog.getByLabel('Hash something else than the user')).toHaveCount(0);
  await dialog.getByLabel('Balancer').selectOption('consistent_hash');
  await expect(dialog.getByText(/only about 1\/n of the keys move/)).toBeVisible();
  await dialog.getByLabel('Hash something else than the user').check();
  await dialog.getByLabel('Hashed').selectOption('header');
  await dialog.getByRole('textbox', { name: 'Name' }).nth(1).fill('x-cart');
  await dialog.getByLabel('Stay on one instance').check();
  await dialog.getByLabel('Slow start').fill('30');
  await dialog.getByLabel('Without instance').selectOption('version');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('Needed.')).toBeVisible();
  await dialog.getByLabel('Version to fall back to').selectOption('1.0.0');
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(operator.getByText('(key: header x-cart, stays by user, slow start 30 secs)')).toBeVisible();
  expect(await call('GET', '/api/services/balanced-service')).toMatchObject({
    balancer: 'consistent_hash',
    balancing: {
      hashKey: { by: 'header', name: 'x-cart' },
      affinity: { by: 'user' },
      slowStartMs: 30_000,
    },
    fallback: 'version',
    fallbackVersion: '1.0.0',
  });
});

test('the load that an instance reports stands beside it', async ({ operator, world }) => {
  await world.product.call('PUT', '/api/registry/instances/payment-2.1.0-1/heartbeat', {
    inFlight: 17,
    latencyMs: 23.4,
  });
  await operator.goto('/services/payment-service');
  const row = operator.getByRole('row').filter({ hasText: 'payment-2.1.0-1' });
  await expect(row.getByRole('cell', { name: '17', exact: true })).toBeVisible();
  await expect(row.getByRole('cell', { name: '23.4 ms', exact: true })).toBeVisible();
});
