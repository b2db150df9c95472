import { expect, test } from './console-test.ts';

test('a wrong password is refused in words, the right one leads to the page that was asked for', async ({
  page,
  world,
}) => {
  await page.goto('/services');
  await expect(page).toHaveURL(/\/login\?from=/);
  await page.getByLabel('User name').fill('admin');
  await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('alert')).toContainText('Name and password do not fit.');
  await page.getByRole('textbox', { name: 'Password' }).fill(world.product.adminPassword);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).toHaveURL(/\/services$/);
  await expect(page.getByRole('link', { name: 'payment-service' })).toBeVisible();
});

test('a one-time password lets nothing through before it is changed', async ({ page, world }) => {
  const password = 'handed over on paper';
  await world.product.call('POST', '/api/users', { username: 'newcomer', name: 'Newcomer', role: 'VIEWER', password });
  await page.goto('/login');
  await page.getByLabel('User name').fill('newcomer');
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).toHaveURL(/\/password$/);
  await page.goto('/tenants');
  await expect(page).toHaveURL(/\/password$/);
  await page.getByLabel('Current password').fill(password);
  await page.getByRole('textbox', { name: 'New password', exact: true }).fill('a password of my own');
  await page.getByLabel('New password again').fill('a password of my own');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page).toHaveURL(/\/tenants$/);
  await expect(page.getByRole('link', { name: 'tenant-000' })).toBeVisible();
  // A viewer is not offered what would be refused.
  await expect(page.getByRole('button', { name: 'Create tenant' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Access' })).toHaveCount(0);
});

test('a session that the API no longer accepts ends on the login page', async ({ page, world }) => {
  await page.goto('/login');
  await page.getByLabel('User name').fill('admin');
  await page.getByRole('textbox', { name: 'Password' }).fill(world.product.adminPassword);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('link', { name: 'tenant-000' })).toBeVisible();
  const token = await page.evaluate(() => JSON.parse(localStorage.getItem('grey.session') ?? '{}').accessToken);
  await fetch(`${world.product.url}/api/auth/logout`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  await page.getByRole('link', { name: 'Services' }).click();
  await expect(page).toHaveURL(/\/login/);
});
