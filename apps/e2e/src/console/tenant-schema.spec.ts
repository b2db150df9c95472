import pg from 'pg';
import { expect, test } from './console-test.ts';
import { findViolations } from './find-violations.ts';

const tenant = 'drifting-tenant';
const service = 'drifting-service';
const database = 'drifting_orders';
let source: { id: string };
let orders: pg.Client;

test.beforeAll(async ({ world: { product } }) => {
  const { port } = product.postgres;
  await product.postgres.ensureDatabase(database);
  orders = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database });
  await orders.connect();
  await orders.query('CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 100)');
  await product.call('POST', '/api/tenants', { id: tenant, name: 'Drifting' });
  await product.call('POST', '/api/services', { id: service, fallback: 'fail' });
  await product.call('POST', `/api/services/${service}/versions`, { version: '1.0' });
  source = await product.call('POST', '/api/data-sources', {
    tenantId: tenant,
    serviceId: service,
    engine: 'postgres',
    host: '127.0.0.1',
    port,
    database,
    tls: 'off',
    user: 'postgres',
    password: 'not asked for',
  });
});
test.afterAll(async ({ world: { product } }) => {
  await orders.end();
  await product.call('DELETE', `/api/data-sources/${source.id}`);
  await product.call('DELETE', `/api/tenants/${tenant}`, {});
});

test('drift is seen and accepted, a backup is made and restored', async ({ operator }) => {
  await operator.goto(`/tenants/${tenant}`);
  await operator.getByRole('table', { name: 'Tenant schemas' }).getByRole('link', { name: service }).click();
  await expect(operator.getByRole('heading', { level: 1, name: `Schema of ${tenant} for ${service}` })).toBeVisible();
  const drift = operator.getByTestId('drift');
  const look = operator.getByRole('button', { name: 'Check now' });
  await look.click();
  await expect(drift).toContainText('is what its migrations made');

  await orders.query('CREATE TABLE orders_tmp (id int)');
  await look.click();
  await expect(drift).toContainText('orders_tmp');
  expect(await findViolations(operator)).toEqual([]);
  await operator.goto('/databases/schemas?drift=drifted');
  await expect(operator.getByRole('row', { name: new RegExp(`${tenant}.*Drifted`) })).toBeVisible();
  await operator.getByRole('link', { name: service }).click();
  await operator.getByRole('button', { name: 'Accept drift' }).click();
  const dialog = operator.getByRole('dialog');
  await expect(dialog).toContainText('orders_tmp');
  await dialog.getByLabel('Reason').fill('The night shift needs it until Monday');
  await dialog.getByRole('button', { name: 'Accept drift' }).click();
  await expect(drift).toContainText('The night shift needs it until Monday');

  await operator.getByRole('button', { name: 'Back up' }).click();
  await dialog.getByRole('button', { name: 'Back up' }).click();
  await expect(operator.getByRole('table', { name: 'Backups' })).toContainText('Done');
  await orders.query('DELETE FROM orders WHERE id > 10');
  await operator.getByRole('button', { name: /^Restore the backup/ }).click();
  await dialog.getByLabel('Reason').fill('Deleted by mistake');
  await expect(dialog.getByRole('button', { name: 'Restore' })).toBeDisabled();
  await dialog.getByLabel(`Type ${tenant}`).fill(tenant);
  expect(await findViolations(operator)).toEqual([]);
  await dialog.getByRole('button', { name: 'Restore' }).click();
  await expect(dialog).toContainText('orders 100 rows');
  const { rows } = await orders.query<{ count: number }>('SELECT count(*)::int AS count FROM orders');
  expect(rows).toEqual([{ count: 100 }]);
});
