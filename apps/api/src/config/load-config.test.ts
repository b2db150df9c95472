import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeEnvironmentTable } from './environment-table.ts';
import { ConfigError, loadConfig } from './load-config.ts';

const sound = {
  GREY_DATABASE_URL: 'postgresql://grey@localhost:5432/grey',
  GREY_JWT_SECRET: 'j'.repeat(32),
  GREY_PLAN_SECRET: 'p'.repeat(32),
};

test('what is not set gets its default, and an empty variable counts as not set', () => {
  const config = loadConfig({ ...sound, GREY_PORT: '', GREY_DEMO: '1' });
  expect(config).toMatchObject({ GREY_PORT: 8080, GREY_HOST: '127.0.0.1', GREY_DEMO: true, GREY_LOG_LEVEL: 'info' });
});

test('every fault is listed at once, and no value is repeated', () => {
  const secret = 'short-secret';
  const attempt = () => loadConfig({ GREY_JWT_SECRET: secret, GREY_PORT: '70000', GREY_DEMO: 'yes' });
  expect(attempt).toThrow(ConfigError);
  let message = '';
  try {
    attempt();
  } catch (error) {
    message = (error as Error).message;
  }
  for (const name of ['GREY_DATABASE_URL', 'GREY_JWT_SECRET', 'GREY_PLAN_SECRET', 'GREY_PORT', 'GREY_DEMO'])
    expect(message).toContain(name);
  expect(message).toContain('5 fault(s)');
  expect(message).not.toContain(secret);
});

test('a secret is measured in bytes, and 31 are too few', () => {
  expect(() => loadConfig({ ...sound, GREY_JWT_SECRET: 'x'.repeat(31) })).toThrow('at least 32 bytes');
  expect(loadConfig({ ...sound, GREY_JWT_SECRET: 'é'.repeat(16) }).GREY_JWT_SECRET).toHaveLength(16);
});

test('the committed table of variables is the one that is generated', () => {
  const committed = readFileSync(new URL('../../../../docs/reference/environment.md', import.meta.url), 'utf8');
  expect(committed).toBe(makeEnvironmentTable());
});
