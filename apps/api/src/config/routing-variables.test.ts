import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';

const sound = {
  GREY_DATABASE_URL: 'postgresql://grey@localhost:5432/grey',
  GREY_JWT_SECRET: 'j'.repeat(32),
  GREY_PLAN_SECRET: 'p'.repeat(32),
};
const secret = 's'.repeat(32);
const issuer = { GREY_USER_TOKEN_ISSUER: 'https://id', GREY_USER_TOKEN_AUDIENCE: 'api' };
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  type: 'spki',
  format: 'pem',
}) as string;

test('keys of lanes are read in order, and a fault does not repeat the secret', () => {
  const { GREY_LANE_KEYS: keys } = loadConfig({ ...sound, GREY_LANE_KEYS: `new:${secret},old:${secret}` });
  expect([keys?.signing.id, keys?.find('old')?.id]).toEqual(['new', 'old']);
  for (const broken of ['x', `a b:${secret}`, `a:${secret.slice(1)}`, `a:${secret},a:${secret}`]) {
    expect(() => loadConfig({ ...sound, GREY_LANE_KEYS: broken })).toThrow(/GREY_LANE_KEYS: (?!.*ssss)/);
  }
});

test('nothing of the sort is believed unless configured', () => {
  expect(loadConfig(sound)).toMatchObject({ GREY_TRUSTED_HOPS: 0, GREY_KEPT_REVISIONS: 64 });
  expect(loadConfig(sound).GREY_LANE_KEYS).toBeUndefined();
});

test.each([
  [{ ...issuer, GREY_USER_TOKEN_SECRET: secret }],
  [{ ...issuer, GREY_USER_TOKEN_SECRET: secret, GREY_USER_TOKEN_ALGORITHMS: 'HS512' }],
  [{ ...issuer, GREY_USER_TOKEN_JWKS_URL: 'https://id/jwks' }],
  [{ ...issuer, GREY_USER_TOKEN_PUBLIC_KEY: pem, GREY_USER_TOKEN_ALGORITHMS: 'ES256, RS256' }],
  [{ ...issuer, GREY_USER_TOKEN_PUBLIC_KEY: pem.replaceAll('\n', '\\n') }],
])('user tokens need an issuer, an audience and one source of keys (%#)', (variables) => {
  expect(() => loadConfig({ ...sound, ...variables })).not.toThrow();
});

test.each([
  [{ GREY_USER_TOKEN_SECRET: secret }, 'GREY_USER_TOKEN_ISSUER'],
  [{ GREY_USER_TOKEN_ALGORITHMS: 'RS256' }, 'GREY_USER_TOKEN_ISSUER'],
  [{ ...issuer, GREY_USER_TOKEN_AUDIENCE: undefined }, 'GREY_USER_TOKEN_AUDIENCE'],
  [issuer, 'GREY_USER_TOKEN_JWKS_URL'],
  [{ ...issuer, GREY_USER_TOKEN_SECRET: secret, GREY_USER_TOKEN_PUBLIC_KEY: pem }, 'GREY_USER_TOKEN_SECRET: excludes'],
  [{ ...issuer, GREY_USER_TOKEN_SECRET: 'short' }, 'GREY_USER_TOKEN_SECRET: must be at least'],
  [{ ...issuer, GREY_USER_TOKEN_PUBLIC_KEY: 'no key' }, 'GREY_USER_TOKEN_PUBLIC_KEY: must be'],
  [{ ...issuer, GREY_USER_TOKEN_JWKS_URL: 'ftp://id/jwks' }, 'GREY_USER_TOKEN_JWKS_URL: must be'],
  [{ ...issuer, GREY_USER_TOKEN_SECRET: secret, GREY_USER_TOKEN_ALGORITHMS: 'RS256' }, '_ALGORITHMS: must be of HS256'],
  [
    { ...issuer, GREY_USER_TOKEN_PUBLIC_KEY: pem, GREY_USER_TOKEN_ALGORITHMS: 'HS256' },
    '_ALGORITHMS: must be of RS256',
  ],
  [{ ...issuer, GREY_USER_TOKEN_SECRET: secret, GREY_USER_TOKEN_ALGORITHMS: 'none' }, 'GREY_USER_TOKEN_ALGORITHMS'],
])('what does not go together is a fault (%#)', (variables, fault) => {
  expect(() => loadConfig({ ...sound, ...variables })).toThrow(fault);
});
