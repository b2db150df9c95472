import { callerFor, UnexpectedAnswer } from '../call-product.ts';
import { expect, test } from './console-test.ts';
import { ask, tenantId } from './seed.ts';

test('an API key is shown once, works, and is refused once it is revoked', async ({ operator, world }) => {
  await operator.goto('/access');
  await operator.getByRole('button', { name: 'Create API key' }).click();
  const dialog = operator.getByRole('dialog');
  await dialog.getByLabel('Name').fill('checkout');
  await dialog.getByRole('button', { name: 'Create API key' }).click();
  const key = await dialog.getByLabel('Key “checkout”').inputValue();
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  const call = callerFor(world.product.url, key);
  expect((await ask(call, tenantId(14))).version).toBe('2.0.3');
  expect(await operator.content()).not.toContain(key);
  await operator.getByRole('button', { name: 'Revoke checkout' }).click();
  await dialog.getByLabel('Type checkout to confirm').fill('checkout');
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await expect(operator.getByRole('row').filter({ hasText: 'checkout' })).toContainText('Revoked');
  const refusal = await ask(call, tenantId(14)).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(UnexpectedAnswer);
  expect((refusal as UnexpectedAnswer).status).toBe(401);
});
