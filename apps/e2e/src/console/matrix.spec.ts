import type { Locator } from '@playwright/test';
import { expect, test } from './console-test.ts';
import { ask, tenantId } from './seed.ts';

/** The bound that keeps a table of any size quick. */
const nodeLimit = 2_500;
const countNodes = (grid: Locator) => grid.evaluate((element) => element.ownerDocument.querySelectorAll('*').length);

test('a range chosen by keyboard is planned and applied as one change', async ({ operator, world }) => {
  const { call } = world.product;
  await operator.goto('/matrix?search=tenant-03');
  const grid = operator.getByRole('grid');
  await expect(grid).toHaveAttribute('aria-rowcount', '11');
  const columns = await operator.getByRole('columnheader').allTextContents();
  const right = columns.indexOf('payment-service') - 1;
  await grid.focus();
  for (let step = 0; step < right; step++) await operator.keyboard.press('ArrowRight');
  for (let step = 0; step < 2; step++) await operator.keyboard.press('ArrowDown');
  for (let step = 0; step < 3; step++) await operator.keyboard.press('Shift+ArrowDown');
  await expect(grid.locator('[aria-selected="true"]')).toHaveCount(4);
  await expect(operator.getByText('Selected 4: tenants 4 × services 1')).toBeVisible();
  await operator.keyboard.press('Enter');
  const dialog = operator.getByRole('dialog');
  await dialog.getByLabel('payment-service').selectOption('2.1.0');
  await dialog.getByRole('button', { name: 'Review plan' }).click();
  await expect(dialog.getByTestId('plan-summary')).toContainText('4 to move: tenants 4, services 1.');
  await dialog.getByRole('button', { name: 'Apply as one: 4' }).click();
  await expect(dialog).toHaveCount(0);
  for (const index of [32, 33, 34, 35]) expect((await ask(call, tenantId(index))).version).toBe('2.1.0');
  expect((await ask(call, tenantId(36))).version).toBe('2.0.3');
  await expect(grid.locator('[aria-selected="true"]').first()).toHaveText('2.1.0');
  // The keyboard is back where it was.
  await operator.keyboard.press('Escape');
  await expect(grid.locator('[aria-selected="true"]')).toHaveCount(1);
});

test('filters of the matrix are in the URL and narrow the rows', async ({ operator }) => {
  await operator.goto('/matrix?tag=beta');
  const grid = operator.getByRole('grid');
  await expect(grid).toHaveAttribute('aria-rowcount', '11');
  await operator.getByLabel('Region').fill('eu-west');
  await expect(operator).toHaveURL(/region=eu-west/);
  await operator.getByRole('button', { name: 'Clear filters' }).click();
  await expect(operator).toHaveURL(/\/matrix$/);
  await expect(grid).not.toHaveAttribute('aria-rowcount', '11');
});

test('ten thousand tenants by fifty services scroll within the bound of document nodes', async ({ operator }) => {
  const services = Array.from({ length: 50 }, (_, index) => ({
    id: `service-${index}`,
    name: `Service ${index}`,
    defaultVersions: [{ version: '1.0.0', weight: 10_000 }],
  }));
  // The size is the point here, not the API: its pages are made up in the form the contract gives them.
  await operator.route('**/api/assignments/matrix*', async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const limit = Number(query.get('limit'));
    const first = Number(query.get('cursor') ?? 0);
    await route.fulfill({
      json: {
        services,
        versions: ['1.0.0', '2.0.0'],
        rows: Array.from({ length: limit }, (_, index) => ({
          tenantId: `big-${first + index}`,
          name: `Big ${first + index}`,
          cells: services.map((_service, column) => ((first + index + column) % 3) - 1),
          pinned: [],
        })),
        nextCursor: first + limit < 10_000 ? String(first + limit) : null,
        totalCount: 10_000,
        position: { epoch: 'e', revision: 1 },
      },
    });
  });
  await operator.goto('/matrix');
  const grid = operator.getByRole('grid');
  await expect(operator.getByText('10,000 tenants × 50 services')).toBeVisible();
  await expect(grid).toHaveAttribute('aria-rowcount', '10001');
  await expect(grid).toHaveAttribute('aria-colcount', '51');
  expect(await countNodes(grid)).toBeLessThanOrEqual(nodeLimit);
  await grid.focus();
  await operator.keyboard.press('Control+End');
  const last = grid.getByRole('row').filter({ hasText: 'big-9999' });
  await expect(last).toBeVisible();
  await expect(last).toHaveAttribute('aria-rowindex', '10001');
  await expect(grid).toHaveAttribute('aria-activedescendant', 'cell-9999-49');
  await expect(operator.locator('#cell-9999-49')).toBeInViewport();
  // Header and first column stay in sight.
  await expect(grid.getByRole('columnheader', { name: 'service-49' })).toBeInViewport();
  await expect(last.getByRole('rowheader')).toBeInViewport();
  expect(await countNodes(grid)).toBeLessThanOrEqual(nodeLimit);
  await operator.keyboard.press('Control+a');
  await expect(operator.getByText('Selected 500,000')).toBeVisible();
});
