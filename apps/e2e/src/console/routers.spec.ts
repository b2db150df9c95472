import { callerFor } from '../call-product.ts';
import { expect, test } from './console-test.ts';

test('a change says on how many routers it is effective, and the page of routers follows it', async ({
  operator,
  world,
}) => {
  await world.product.call('POST', '/api/services', { id: 'followed-service', fallback: 'fail' });
  await world.product.call('POST', '/api/services/followed-service/versions', { version: '1.0.0' });
  await operator.goto('/services/followed-service');
  await operator.getByRole('button', { name: 'Deprecate 1.0.0' }).click();
  await operator.getByRole('dialog').getByRole('button', { name: 'Deprecate' }).click();
  await expect(operator.getByText('Effective on 1 of 1 router.')).toBeVisible();

  await operator.getByRole('link', { name: 'Routers' }).click();
  await expect(operator.getByTestId('effective')).toHaveText('Effective on 1 of 1 router.');
  await expect(operator.getByTestId('distribution')).toContainText('One process');
  const row = operator.getByRole('table', { name: 'Routers' }).getByRole('row').nth(1);
  await expect(row).toContainText('this one');
  const { items } = await world.product.call<{ items: { position: { revision: number } }[] }>('GET', '/api/routers');
  const revision = items[0]?.position.revision ?? 0;
  await expect(row.getByRole('cell').nth(3)).toHaveText(String(revision));
  await world.product.call('PATCH', '/api/services/followed-service', { name: 'Followed' });
  await expect(row.getByRole('cell').nth(3)).toHaveText(String(revision + 1));
});

test('without a tenant-management service the page says how to name one', async ({ operator }) => {
  await operator.goto('/tenants');
  await operator.getByRole('link', { name: 'Tenant sync' }).click();
  await expect(operator.getByText('GREY_TENANT_SYNC_URL')).toBeVisible();
  await expect(operator.getByRole('button', { name: 'Run now' })).toHaveCount(0);
});

test('pages that somebody may not read are not offered', async ({ page, world }) => {
  const { call, url } = world.product;
  const [first, own] = ['handed over on paper', 'a password of my own'];
  await call('POST', '/api/users', {
    username: 'manages-one',
    name: 'Manages one',
    role: 'TENANT_MANAGER',
    tenantIds: ['tenant-001'],
    password: first,
  });
  const { accessToken } = await callerFor(url)<{ accessToken: string }>('POST', '/api/auth/login', {
    username: 'manages-one',
    password: first,
  });
  const session = await callerFor(url, accessToken)('PUT', '/api/auth/password', {
    currentPassword: first,
    newPassword: own,
  });
  await page.addInitScript((kept) => localStorage.setItem('grey.session', JSON.stringify(kept)), session);
  await page.goto('/tenants');
  await expect(page.getByRole('link', { name: 'Routers' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Tenant sync' })).toHaveCount(0);
  await page.goto('/tenant-sync');
  await expect(page.getByRole('alert')).toContainText('PERMISSION_DENIED');
});
