import { readFile } from 'node:fs/promises';
import { expect, test } from './console-test.ts';
import { findViolations, findViolationsInBothColours } from './find-violations.ts';

const tenant = 'history-tenant';
const version = `/api/tenants/${tenant}/services/order-service/version`;
interface Changes {
  items: { id: string; position: { epoch: string; revision: number } }[];
}

test.beforeAll(async ({ world }) => {
  const { call } = world.product;
  await call('POST', '/api/tenants', { id: tenant, name: 'History' });
  await call('PUT', version, { targetVersion: '1.8.0' });
  await call('PUT', version, { targetVersion: '2.1.0', reason: 'Pilot customer' });
});
test.afterAll(({ world }) => world.product.call('DELETE', `/api/tenants/${tenant}`, {}));

test('a change is taken back as planned, and each of the two leads to the other', async ({ operator, world }) => {
  await operator.goto(`/changes?tenantId=${tenant}&actor=ADM`);
  const newest = operator.getByTestId('change').first();
  await expect(newest).toContainText('1.8.0 → 2.1.0');
  await newest.getByRole('button', { name: /^Take back/ }).click();
  await expect(operator.getByTestId('restore-summary')).toHaveText('To write back: 1; tenants: 1.');
  await expect(operator.getByRole('table', { name: 'What would be written' })).toContainText('2.1.0 → 1.8.0');
  const apply = operator.getByRole('button', { name: 'Take back: 1' });
  await expect(apply).toBeDisabled();
  await operator.getByLabel(/^Reason/).fill('Invoices were doubled');
  expect(await findViolations(operator)).toEqual([]);
  await apply.click();
  await operator.getByRole('link', { name: /^Revision/ }).click();
  await expect(operator.getByRole('heading', { level: 1, name: 'Change taken back' })).toBeVisible();
  await expect(operator.getByText('Invoices were doubled')).toBeVisible();
  expect(await findViolations(operator)).toEqual([]);
  await operator.getByRole('link', { name: /^takes back revision/ }).click();
  await expect(operator.getByRole('link', { name: /^taken back by revision/ })).toBeVisible();
  const { items } = await world.product.call<{ items: unknown[] }>(
    'GET',
    `/api/state/tenants?tenantId=${tenant}&serviceId=order-service`,
  );
  expect(items).toMatchObject([{ cells: [{ version: '1.8.0' }] }]);
});

test('the past is marked as such, compared with now, and a tenant restored to it', async ({ operator, world }) => {
  await world.product.call('PUT', version, { targetVersion: '2.0.3' });
  await operator.goto(`/changes?tenantId=${tenant}&kind=assignment.set`);
  await operator.getByTestId('change').first().getByRole('link', { name: 'State before' }).click();
  await expect(operator.getByText('This is the past, not what is in force.')).toBeVisible();
  await operator.getByLabel('Part of the id').fill('HISTORY-');
  const tenants = operator.getByRole('table', { name: 'Tenants' });
  await expect(tenants.locator('tbody tr[data-row]')).toHaveCount(1);
  await expect(tenants).toContainText('order-service 1.8.0');
  await expect(operator).toHaveURL(/search=HISTORY-/);
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await operator.getByRole('button', { name: `Restore ${tenant}` }).click();
  await expect(operator.getByRole('table', { name: 'What would be written' })).toContainText('2.0.3 → 1.8.0');
  await operator.getByLabel(/^Reason/).fill('Back to what worked');
  await operator.getByRole('button', { name: 'Restore: 1' }).click();
  await expect(operator.getByText('Written back: 1.')).toBeVisible();

  const { items } = await world.product.call<Changes>('GET', `/api/changes?tenantId=${tenant}&limit=10`);
  const { epoch, revision } = items.at(-1)?.position ?? { epoch: '', revision: 0 };
  await operator.goto(`/changes/compare?from=${epoch}-${revision}&tenantId=${tenant}`);
  const differences = operator.getByRole('table', { name: 'Compare' });
  await expect(differences).toContainText('default → 1.8.0');
  expect(await findViolations(operator)).toEqual([]);
  await operator.getByRole('link', { name: 'Changes in between' }).click();
  await expect(operator.getByTestId('change')).toHaveCount(items.length - 1);
});

test('a person is erased, and the log still verified and downloaded whole', async ({ operator, world }) => {
  const user = { username: 'leaver', name: 'Leaver', role: 'VIEWER', password: 'correct horse battery staple' };
  const { id } = await world.product.call<{ id: string }>('POST', '/api/users', user);
  await world.product.call('DELETE', `/api/users/${id}`);
  await operator.goto('/changes/audit');
  await operator.getByLabel('Deleted user').selectOption(id);
  await operator.getByRole('button', { name: 'Erase…' }).click();
  await operator.getByLabel(`Type ${id} to confirm`).fill(id);
  await expect(operator.getByRole('button', { name: 'Erase for ever' })).toBeDisabled();
  await operator.getByLabel(/^Reason/).fill('Asked for it');
  await operator.getByRole('button', { name: 'Erase for ever' }).click();
  await expect(operator.getByText('The person is erased from the log.')).toBeVisible();
  await expect(operator.getByLabel('Deleted user')).not.toContainText('leaver');
  await operator.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(operator.getByText(/^The log is what was written: \d+ changes checked\.$/)).toBeVisible();
  expect(await findViolations(operator)).toEqual([]);
  const [download] = await Promise.all([
    operator.waitForEvent('download'),
    operator.getByRole('button', { name: 'Download' }).click(),
  ]);
  await expect(operator.getByText(/^Complete:/)).toBeVisible();
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'change', position: { revision: 1 } });
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'end' });
});
