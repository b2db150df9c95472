import { expect, test, whyNoFleet } from './fleet-test.ts';

test.skip(whyNoFleet !== undefined, whyNoFleet);

test('a change names the router that has not got it yet, and the page tells when all have it', async ({
  operator,
  fleet,
}) => {
  const { product, replica } = fleet;
  await product.call('POST', '/api/services', { id: 'spread-service', fallback: 'fail' });
  await product.call('POST', '/api/services/spread-service/versions', { version: '1.0.0' });
  await operator.goto('/routers');
  await expect(operator.getByTestId('effective')).toHaveText('Effective on 2 of 2 routers.');
  await expect(operator.getByTestId('distribution')).toContainText('Redis');
  await operator.goto('/services/spread-service');
  await operator.getByRole('button', { name: 'Deprecate 1.0.0' }).click();
  const apply = operator.getByRole('dialog').getByRole('button', { name: 'Deprecate' });
  await expect(apply).toBeVisible();
  process.kill(replica.pid, 'SIGSTOP');
  try {
    await apply.click();
    await expect(operator.getByText(/^Effective on 1 of 2 routers\. Not yet on \S+\.$/)).toBeVisible();
  } finally {
    process.kill(replica.pid, 'SIGCONT');
  }
  await operator.getByRole('link', { name: 'Routers' }).click();
  await expect(operator.getByTestId('effective')).toHaveText('Effective on 2 of 2 routers.', { timeout: 20_000 });
  const rows = operator.getByRole('table', { name: 'Routers' }).getByRole('row').filter({ hasText: 'API' });
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: 'Current' })).toHaveCount(2);
  await expect(rows.filter({ hasText: 'this one' })).toHaveCount(1);
});

test('the page says that Redis is away, what that means, and when it is back', async ({ operator, fleet }) => {
  await operator.goto('/routers');
  const distribution = operator.getByTestId('distribution');
  await expect(distribution).toContainText('Every change reaches the routers through a stream in Redis.');
  await fleet.redis.kill();
  await expect(distribution).toContainText('Redis is away', { timeout: 20_000 });
  await fleet.redis.restart();
  await expect(distribution).toContainText('Every change reaches the routers', { timeout: 30_000 });
  await expect(operator.getByTestId('effective')).toHaveText('Effective on 2 of 2 routers.', { timeout: 20_000 });
});
