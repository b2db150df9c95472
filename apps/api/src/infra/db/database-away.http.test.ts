import { createTestDatabase } from '@grey/testkit';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Gate, openGate } from '../../../test/open-gate.ts';
import { startTestApi, type TestApi } from '../../../test/start-test-api.ts';

let api: TestApi;
let gate: Gate;
beforeAll(async () => {
  const database = await createTestDatabase(inject('template'));
  gate = await openGate(new URL(database.connectionString));
  api = await startTestApi({ GREY_DATABASE_URL: gate.url });
});
afterAll(async () => {
  await gate.open();
  await api.close();
  gate.close();
});

test('with the database away every read and write says so, and all is well when it is back', async () => {
  await api.ask('POST', '/api/tenants', { id: 'before', name: 'Before' });
  gate.shut();
  const asked: [string, string, unknown?][] = [
    ['GET', '/api/tenants'],
    ['GET', '/api/changes'],
    ['GET', '/api/assignments/matrix'],
    ['POST', '/api/tenants', { id: 'meanwhile', name: 'Meanwhile' }],
    ['PATCH', '/api/tenants/before', { name: 'Changed' }],
    ['GET', '/api/services/pay/rules'],
    ['PUT', '/api/services/pay/rules/draft', { rules: [] }],
    ['POST', '/api/services/pay/rules/draft/publish', {}],
    ['POST', '/api/services/pay/rules/simulate', {}],
    ['GET', '/api/services/pay/experiments'],
    ['GET', '/api/lanes'],
    ['PUT', '/api/lanes/summer', { versions: [] }],
    ['PUT', '/api/services/pay/versions/1.0.0/flags', { flags: [] }],
    ['POST', '/api/auth/login', { username: 'admin', password: 'x' }],
  ];
  for (const [method, target, body] of asked) {
    const answer = await api.ask(method, target, body);
    expect([target, answer.status, answer.body.code]).toEqual([target, 503, 'DATABASE_UNAVAILABLE']);
  }
  expect((await api.ask('GET', '/api/auth/me')).status).toBe(200);
  await gate.open();
  expect((await api.ask('POST', '/api/tenants', { id: 'after', name: 'After' })).status).toBe(201);
  expect((await api.ask('GET', '/api/tenants/before')).body.name).toBe('Before');
});
