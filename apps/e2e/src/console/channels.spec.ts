import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './console-test.ts';
import { findViolations } from './find-violations.ts';

const tenant = 'channel-tenant';
let receiver: Server;
let isBroken = false;

test.beforeAll(async ({ world }) => {
  receiver = createServer((request, response) => {
    request.resume().on('end', () => {
      if (isBroken) response.writeHead(422).end('cannot take it');
      else response.writeHead(200).end('thank you');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  await world.product.call('POST', '/api/tenants', { id: tenant, name: 'Told' });
});
test.afterAll(async ({ world }) => {
  await world.product.call('DELETE', `/api/tenants/${tenant}`, {});
  await new Promise((resolve) => receiver.close(resolve));
});

test('a channel is made, tested, and what it could not deliver is sent again', async ({ operator, world }) => {
  await operator.goto('/channels');
  await operator.getByRole('button', { name: 'New channel' }).first().click();
  const form = operator.getByRole('dialog');
  await form.getByLabel('Name').fill('Night shift');
  // The preview follows kind and template.
  await form.getByLabel('Kind', { exact: true }).selectOption('feishu');
  await form.getByLabel('Template').fill('{{moves}}: ');
  await form.getByRole('button', { name: '{{reason}}' }).click();
  await expect(form.getByTestId('preview')).toContainText('2.0.3 → 2.1.0 (100): Second wave of the release');
  await form.getByLabel('Kind', { exact: true }).selectOption('cloudevents');
  await form.getByText('What an example looks like').click();
  await expect(form.getByTestId('preview')).toContainText('"specversion": "1.0"');
  await form.getByLabel('Tenants', { exact: true }).fill(`${tenant},`);
  // An address inside is refused at its field.
  await form.getByLabel('Address').fill('https://169.254.169.254/latest');
  await form.getByRole('button', { name: 'New channel' }).click();
  await expect(form.getByText(/is no public address/)).toBeVisible();
  expect(await findViolations(operator)).toEqual([]);
  await form
    .getByLabel('Address')
    .fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?token=secret`);
  await form.getByRole('button', { name: 'New channel' }).click();

  await expect(operator.getByRole('heading', { level: 1, name: 'Night shift' })).toBeVisible();
  await expect(operator.getByText(`every change · of ${tenant}`)).toBeVisible();
  await expect(operator.getByText('secret')).toHaveCount(0);
  await operator.getByRole('button', { name: 'Send a test' }).click();
  const answer = operator.getByTestId('channel-test');
  await expect(answer).toContainText('The other side took it.');
  await expect(answer).toContainText('thank you');

  await operator.getByRole('button', { name: 'Add key' }).click();
  await operator.getByRole('button', { name: 'Sign with it' }).click();
  await operator.getByRole('button', { name: 'I have kept it' }).click();
  await expect(operator.getByRole('button', { name: 'Change over' })).toBeVisible();

  isBroken = true;
  await world.product.call('PATCH', `/api/tenants/${tenant}`, { name: 'Told of' });
  const deliveries = operator.getByRole('table', { name: 'Deliveries' });
  await expect(deliveries).toContainText('Not delivered');
  await expect(deliveries).toContainText('answered 422');
  expect(await findViolations(operator)).toEqual([]);
  isBroken = false;
  await operator.getByRole('button', { name: 'Send all 1 again' }).click();
  await expect(deliveries).not.toContainText('Not delivered');
  await expect(deliveries).toContainText('Delivered');

  await operator.getByRole('button', { name: 'Delete' }).click();
  await operator.getByLabel('Type Night shift to confirm').fill('Night shift');
  await operator.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(operator.getByRole('heading', { level: 1, name: 'Channels' })).toBeVisible();
  await expect(operator.getByRole('link', { name: 'Night shift' })).toHaveCount(0);
});
