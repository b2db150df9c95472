import { expect, test } from './console-test.ts';
import { findViolations } from './find-violations.ts';

const tenant = 'stored-tenant';
const service = 'stored-service';
const database = 'stored_payments';
const addPreferences = `ALTER TABLE orders ADD COLUMN note text;
CREATE INDEX orders_by_note ON orders (note);
`;

test.beforeAll(async ({ world: { product } }) => {
  await product.postgres.ensureDatabase(database);
  await product.call('POST', '/api/tenants', { id: tenant, name: 'Stored' });
  await product.call('POST', '/api/services', { id: service, fallback: 'fail' });
  for (const version of ['1.0', '2.0']) await product.call('POST', `/api/services/${service}/versions`, { version });
});
test.afterAll(async ({ world: { product } }) => {
  await product.call('DELETE', `/api/services/${service}/versions/2.0/migrations`).catch(() => undefined);
  await product.call('DELETE', `/api/tenants/${tenant}`, {});
});

test('a data source is tried before it is saved, and never gives its credentials back', async ({ operator, world }) => {
  await operator.goto('/databases');
  await operator.getByRole('button', { name: 'Add data source' }).first().click();
  const form = operator.getByRole('dialog');
  await form.getByRole('combobox', { name: 'Tenant' }).fill(tenant);
  await form.getByRole('combobox', { name: 'Service' }).fill(service);
  await form.getByLabel('Host').fill('127.0.0.1');
  await form.getByLabel('Port').fill('9');
  await form.getByLabel('Database').fill(database);
  await form.getByLabel('TLS').selectOption('off');
  await form.getByRole('button', { name: 'Test connection' }).click();
  await expect(form.getByText('Needed.')).toHaveCount(2);
  await form.getByLabel('User').fill('postgres');
  await form.getByLabel('Password').fill('canary-of-the-console');
  await form.getByRole('button', { name: 'Test connection' }).click();
  await expect(form.getByTestId('connection-test')).toContainText('Nothing listens on this port');
  await form.getByLabel('Port').fill(String(world.product.postgres.port));
  // What was found out of another address says nothing of this one.
  await expect(form.getByTestId('connection-test')).toHaveCount(0);
  await form.getByRole('button', { name: 'Test connection' }).click();
  await expect(form.getByTestId('connection-test')).toContainText('a schema upgrade has what it needs');
  expect(await findViolations(operator)).toEqual([]);
  await form.getByRole('button', { name: 'Add data source' }).click();

  await expect(operator.getByRole('heading', { level: 1, name: `${service} of ${tenant}` })).toBeVisible();
  await operator.getByRole('button', { name: 'Test connection' }).click();
  await expect(operator.getByTestId('connection-test')).toContainText('in the clear');
  expect(await operator.content()).not.toContain('canary-of-the-console');
  // Kept credentials do not follow to another server.
  await operator.getByRole('button', { name: 'Edit' }).click();
  await form.getByLabel('Host').fill('127.0.0.2');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('kept credentials do not follow').first()).toBeVisible();
  await form.getByRole('button', { name: 'Cancel' }).click();

  await operator.goto('/databases/keys');
  await expect(operator.getByRole('row', { name: /^first Writes/ })).toBeVisible();
  await operator.getByRole('button', { name: 'Rotate to first' }).click();
  await expect(operator.getByRole('region', { name: 'Rotation' })).toContainText('Done');
  expect(await findViolations(operator)).toEqual([]);
});

test('migrations are checked at their lines, mended, saved and estimated', async ({ operator }) => {
  await operator.goto(`/services/${service}/migrations`);
  await operator.getByRole('link', { name: 'Upload migrations' }).first().click();
  await operator.getByLabel('Version').selectOption('2.0');
  await operator.getByLabel('Choose files').setInputFiles([
    { name: '0001_add_note.up.sql', mimeType: 'text/plain', buffer: Buffer.from(addPreferences) },
    {
      name: '0001_add_note.down.sql',
      mimeType: 'text/plain',
      buffer: Buffer.from('ALTER TABLE orders DROP COLUMN note;\n'),
    },
    { name: 'README.md', mimeType: 'text/plain', buffer: Buffer.from('not SQL') },
  ]);
  await expect(operator.getByText('1 file is no SQL.')).toBeVisible();
  await operator.getByRole('button', { name: 'Check', exact: true }).click();
  const check = operator.getByTestId('migration-check');
  await expect(check.getByText('The policy refuses it.')).toBeVisible();
  await expect(check.locator('.sql-line[data-line="2"]').first()).toContainText('INDEX_NOT_CONCURRENT');
  const save = operator.getByRole('button', { name: 'Save for 2.0' });
  await expect(save).toBeDisabled();

  // One at a time, and an up before its down.
  await operator.getByRole('button', { name: 'Show' }).last().click();
  await operator.locator('.file-row').first().getByRole('button', { name: 'Show' }).click();
  await operator.getByLabel('SQL of 0001_add_note.up.sql').fill('ALTER TABLE orders ADD COLUMN note text;\n');
  await expect(operator.getByText('Changed since the check')).toBeVisible();
  await operator.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(check.getByText('The policy lets it run.')).toBeVisible();
  await operator.getByLabel('Reason').fill('Notes on orders');
  await save.click();

  await expect(operator.getByRole('heading', { level: 1, name: `Migrations of ${service} 2.0` })).toBeVisible();
  await operator.getByRole('combobox', { name: 'Tenant' }).fill(tenant);
  await operator.getByRole('button', { name: 'Estimate' }).click();
  await expect(operator.getByRole('table', { name: 'Estimate for a tenant' })).toContainText('0001_add_note:1');
  expect(await findViolations(operator)).toEqual([]);
  await operator.goto(`/services/${service}/migrations`);
  await expect(operator.getByRole('row', { name: /2\.0 PostgreSQL 1 expand/ })).toBeVisible();
});
