import { expect, test } from 'vitest';
import { readImportApart } from './read-import-apart.ts';

const read = (content: string, patienceMs?: number) =>
  readImportApart('router_yaml', { serviceId: 'pay', content, sticky: undefined }, patienceMs);
const rule = '{ condition: "method == \'GET\'", target_version: v1, priority: 1 }';

test('a long text is read as a short one is', async () => {
  const short = `services: { pay: { routing_rules: [${rule}] } }`;
  const long = `# ${'x'.repeat(20_000)}\n${short}`;
  expect(await read(long)).toEqual(await read(short));
});

test('a fault in a long text is told with its place', async () => {
  const content = `# ${'x'.repeat(20_000)}\nservices: { shop: {} }`;
  await expect(read(content)).rejects.toMatchObject({
    code: 'IMPORT_INVALID',
    extra: { errors: [{ path: 'content.services.pay' }] },
  });
});

test('a text that would take minutes is given up', async () => {
  const content = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n');
  await expect(read(content, 1_500)).rejects.toMatchObject({
    code: 'IMPORT_INVALID',
    extra: { errors: [{ path: 'content', message: 'takes too long to read' }] },
  });
});
