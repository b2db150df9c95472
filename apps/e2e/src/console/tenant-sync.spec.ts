import { findViolations, findViolationsInBothColours } from './find-violations.ts';
import { expect, syncedTenant, syncedTenants, test, whyNoFleet } from './fleet-test.ts';

test.skip(whyNoFleet !== undefined, whyNoFleet);

const countTenants = async (call: <T>(method: string, path: string) => Promise<T>) =>
  (await call<{ items: unknown[] }>('GET', '/api/tenants?limit=200')).items.length;

test('the page says what the first run brought, and what is set aside and why', async ({ operator, fleet }) => {
  const { product, source } = fleet;
  await operator.goto('/tenant-sync');
  await expect(operator.getByTestId('sync-state')).toContainText('Follows the source');
  const runs = operator.getByRole('table', { name: 'Last runs' });
  await expect(runs.getByRole('row').filter({ hasText: 'Applied' })).toContainText(String(syncedTenants));
  // One id belongs to an operator, and one row cannot be read.
  await product.call('POST', '/api/tenants', { id: 'ours', name: 'Ours' });
  const list = Array.from({ length: syncedTenants }, (_, index) => syncedTenant(index));
  source.list([...list, { id: 'ours', name: 'Theirs' }, { id: 'nameless' }]);
  await operator.getByRole('button', { name: 'Run now' }).click();
  await expect(operator.getByText('Everything was so already; nothing was written.')).toBeVisible();
  await operator.locator('summary', { hasText: 'Rejected' }).click();
  await expect(operator.getByRole('table', { name: 'Rejected' })).toContainText('nameless');
  await operator.locator('summary', { hasText: 'Conflicts' }).click();
  await expect(operator.getByRole('link', { name: 'ours' })).toBeVisible();
  expect(await findViolationsInBothColours(operator)).toEqual([]);
});

test('a run that would delete too many asks, and does it only once the number has been typed', async ({
  operator,
  fleet,
}) => {
  const { product, source } = fleet;
  const before = await countTenants(product.call);
  source.list(Array.from({ length: syncedTenants - 12 }, (_, index) => syncedTenant(index)));
  await operator.goto('/tenant-sync');
  await operator.getByRole('button', { name: 'Run now' }).click();
  const dialog = operator.getByRole('dialog');
  await expect(dialog).toContainText('It would affect 12 of 30 synced tenants: 40%. Up to 6 (limit 20%)');
  await expect(dialog).toContainText('12 tenants would be deleted');
  await expect(dialog.getByRole('table', { name: 'Gone' })).toContainText('synced-29');
  const apply = dialog.getByRole('button', { name: 'Apply to 12' });
  await dialog.getByLabel(/^Type 12/).fill('11');
  await expect(apply).toBeDisabled();
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(await countTenants(product.call)).toBe(before);
  // The question stays on the page, for whoever comes next.
  await operator.reload();
  const question = operator.getByRole('region', { name: 'The last run stopped and asks: is this meant?' });
  await expect(question).toContainText('12 tenants would be deleted');
  expect(await findViolations(operator)).toEqual([]);
  await question.getByRole('button', { name: 'Ask the source again and review' }).click();
  await dialog.getByLabel(/^Type 12/).fill('12');
  await dialog.getByLabel('Reason').fill('The pilot is over');
  await apply.click();
  await expect(dialog).toHaveCount(0);
  await expect(operator.getByText('Tenants are now as the source has them.')).toBeVisible();
  await expect(question).toHaveCount(0);
  expect(await countTenants(product.call)).toBe(before - 12);
  await operator.getByRole('link', { name: 'See the change' }).first().click();
  await expect(operator.getByTestId('change').first()).toContainText('“The pilot is over”');
});

test('a source that refuses leaves the tenants alone, and the page says since when and why', async ({
  operator,
  fleet,
}) => {
  const { product, source } = fleet;
  const before = await countTenants(product.call);
  await operator.goto('/tenant-sync');
  source.refuse(403);
  await operator.getByRole('button', { name: 'Run now' }).click();
  await expect(operator.getByTestId('sync-state')).toContainText('Stale');
  await expect(operator.getByText(/answered 403: GREY_TENANT_SYNC_TOKEN/).first()).toBeVisible();
  expect(await countTenants(product.call)).toBe(before);
});
