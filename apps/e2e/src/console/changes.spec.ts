import { expect, test } from './console-test.ts';
import { tenantId } from './seed.ts';

test('the timeline shows who changed what from what to what, and filters by the URL', async ({ operator, world }) => {
  const tenant = tenantId(16);
  const set = (targetVersion: string) =>
    world.product.call('PUT', `/api/tenants/${tenant}/services/order-service/version`, {
      targetVersion,
      reason: 'Pilot customer',
    });
  await set('1.8.0');
  await operator.goto(`/changes?tenantId=${tenant}&kind=assignment.set`);
  await expect(operator.getByTestId('change')).toHaveCount(1);
  // A new change comes in by itself, on top.
  await set('2.1.0');
  const newest = operator.getByTestId('change').first();
  await expect(newest).toContainText('1.8.0 → 2.1.0');
  await expect(newest).toContainText('“Pilot customer”');
  await expect(newest).toContainText('by admin (user)');
  await operator.getByLabel('Kind').selectOption('tenant.created');
  await expect(operator.getByTestId('change')).toHaveCount(1);
  await expect(operator).toHaveURL(/kind=tenant.created/);
});

test('a change of many items unfolds into all of them', async ({ operator, world }) => {
  const plan = {
    selection: { kind: 'tenants', tenantIds: Array.from({ length: 12 }, (_, index) => tenantId(20 + index)) },
    targets: [{ serviceId: 'user-service', targetVersion: '2.1.0' }],
  };
  const { planToken } = await world.product.call<{ planToken: string }>('POST', '/api/assignments/plan', plan);
  await world.product.call('POST', '/api/assignments/apply', { planToken, plan });
  await operator.goto('/changes?kind=assignments.applied&serviceId=user-service');
  const change = operator.getByTestId('change').first();
  await expect(change.getByRole('listitem')).toHaveCount(3);
  await change.getByRole('button', { name: 'Show all 12' }).click();
  await expect(change.getByRole('listitem')).toHaveCount(12);
});
