import { expect, test } from './console-test.ts';
import { tenantId } from './seed.ts';

test('the chip says Reconnecting while the API is away, and Live with the new revision when it is back', async ({
  operator,
  world,
}) => {
  const { product } = world;
  await operator.goto('/services');
  const chip = operator.getByTestId('live-chip');
  await expect(chip).toContainText('Live');
  const revision = await chip.locator('.live-revision').textContent();
  await product.stopApi();
  await expect(chip).toContainText('Reconnecting');
  await expect(chip).toContainText(revision ?? 'no revision');
  await product.startApi();
  await expect(chip).toContainText('Live', { timeout: 30_000 });
  await product.call('PATCH', `/api/tenants/${tenantId(30)}`, { name: 'Renamed while you watched' });
  await expect(chip.locator('.live-revision')).not.toHaveText(revision ?? '');
  await expect(chip).toContainText('Live');
});

test('a page that cannot be loaded says so and can be tried again', async ({ operator }) => {
  await operator.goto('/services');
  await expect(operator.getByRole('link', { name: 'payment-service' })).toBeVisible();
  await operator.route('**/api/tenants?*', (route) => route.abort());
  await operator.getByRole('link', { name: 'Tenants' }).click();
  await expect(operator.getByRole('alert')).toContainText('The API does not answer.', { timeout: 20_000 });
  await operator.unroute('**/api/tenants?*');
  await operator.getByRole('button', { name: 'Try again' }).click();
  await expect(operator.getByRole('link', { name: tenantId(0) })).toBeVisible();
});
