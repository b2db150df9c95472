import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { createRemoteKeys } from './remote-keys.ts';
import { UserTokens, type UserTokenVerdict } from './user-tokens.ts';

const secret = Buffer.from('a secret that is as long as SHA-256');
const start = 1_800_000_000;
const clock = { now: start * 1000 };
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function make(claims: object = {}, header: Partial<JWTHeaderParameters> = {}, key: KeyObject | Uint8Array = secret) {
  const body = { iss: 'https://id', aud: 'api', exp: start + 60, plan: 'gold', ...claims };
  return new SignJWT(Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)))
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(key);
}

function setUp(key: ConstructorParameters<typeof UserTokens>[0]['key'] = secret, algorithms = ['HS256']) {
  clock.now = start * 1000;
  return new UserTokens({ issuer: 'https://id', audience: 'api', algorithms, key, now: () => clock.now });
}

const faultOf = (verdict: UserTokenVerdict) => (verdict.ok ? 'none' : verdict.fault);

describe('the token of a user', () => {
  it('gives its claims, and is known without waiting until it expires', async () => {
    const tokens = setUp();
    const token = await make();
    expect(tokens.find(token)).toBeUndefined();
    const verdict = await tokens.verify(token);
    expect(verdict).toMatchObject({ ok: true, claims: { plan: 'gold', iss: 'https://id' } });
    expect(tokens.find(token)).toBe(verdict);
    clock.now = (start + 89) * 1000;
    expect(tokens.find(token)).toBe(verdict);
    clock.now = (start + 90) * 1000;
    expect(tokens.find(token)).toBeUndefined();
    expect(faultOf(await tokens.verify(token))).toBe('expired');
  });

  it.each<[string, object, Partial<JWTHeaderParameters>, string]>([
    ['of another issuer', { iss: 'https://evil' }, {}, 'issuer'],
    ['for another audience', { aud: 'billing' }, {}, 'audience'],
    ['without an end', { exp: undefined }, {}, 'malformed'],
    ['that ended', { exp: start - 31 }, {}, 'expired'],
    ['that ended within the leeway', { exp: start - 29 }, {}, 'none'],
    ['that is not valid yet', { nbf: start + 31 }, {}, 'not_yet_valid'],
    ['that is valid within the leeway', { nbf: start + 29 }, {}, 'none'],
    ['of another type', {}, { typ: 'logout+jwt' }, 'type'],
    ['of type JWT', {}, { typ: 'JWT' }, 'none'],
    ['of type application/at+jwt', {}, { typ: 'application/at+jwt' }, 'none'],
    ['by another algorithm', {}, { alg: 'HS512' }, 'signature'],
  ])('%s: %#', async (_, claims, header, fault) => {
    const long = Buffer.concat([secret, secret]);
    expect(faultOf(await setUp().verify(await make(claims, header, header.alg === 'HS512' ? long : secret)))).toBe(
      fault,
    );
  });

  it('with an extension that nobody here understands is refused', async () => {
    const token = await new SignJWT({ iss: 'https://id', aud: 'api', exp: start + 60 })
      .setProtectedHeader({ alg: 'HS256', crit: ['x'], x: 1 })
      .sign(secret, { crit: { x: true } });
    expect(faultOf(await setUp().verify(token))).toBe('malformed');
  });

  it('is refused when forged, unsigned, garbage or too long', async () => {
    const tokens = setUp();
    const [header, , signature] = (await make()).split('.');
    const forged = [header, Buffer.from(JSON.stringify({ exp: start + 60 })).toString('base64url'), signature].join(
      '.',
    );
    expect(faultOf(await tokens.verify(forged))).toBe('signature');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`;
    expect(faultOf(await tokens.verify(none))).not.toBe('none');
    for (const garbage of ['x', 'a.b.c', '...', 'a.b.c.d.e', '你']) {
      expect(faultOf(await tokens.verify(garbage)), garbage).not.toBe('none');
    }
    expect(faultOf(tokens.find('x'.repeat(8193))!)).toBe('oversize');
    expect(faultOf(await tokens.verify('x'.repeat(8193)))).toBe('oversize');
  });

  it('that was refused is looked at again after a while', async () => {
    const tokens = setUp();
    const token = await make({ nbf: start + 60, exp: start + 600 });
    expect(faultOf(await tokens.verify(token))).toBe('not_yet_valid');
    expect(faultOf(tokens.find(token)!)).toBe('not_yet_valid');
    clock.now += 60_000;
    expect(tokens.find(token)).toBeUndefined();
    expect(faultOf(await tokens.verify(token))).toBe('none');
  });

  it('is never verified with a public key as if that were a secret', async () => {
    const pem = other.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const tokens = setUp(createPublicKey(pem), ['ES256']);
    expect(faultOf(await tokens.verify(await make({}, {}, Buffer.from(pem))))).toBe('signature');
    expect(faultOf(await tokens.verify(await make({}, { alg: 'ES256' }, other.privateKey)))).toBe('none');
  });
});

describe('keys of an address', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function setUpIssuer() {
    const state = { keys: [] as object[], isDown: false, askedCount: 0 };
    const server = createServer((_req, res) => {
      state.askedCount++;
      if (state.isDown) res.writeHead(503).end();
      else res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: state.keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
    const add = async (kid: string) => {
      const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
      state.keys.push({ ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256' });
      return (claims = {}) => make(claims, { alg: 'RS256', kid }, pair.privateKey);
    };
    return {
      state,
      add,
      tokens: setUp(
        createRemoteKeys(url, () => clock.now),
        ['RS256'],
      ),
    };
  }

  it('are fetched once for many users at once', async () => {
    const { state, add, tokens } = await setUpIssuer();
    const sign = await add('a');
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => tokens.verify(await sign({ sub: `u${i}` }))),
    );
    expect(verdicts.map(faultOf)).toEqual(Array(20).fill('none'));
    expect(state.askedCount).toBe(1);
  });

  it('stay when the address is away, and without any the tokens are refused for a second', async () => {
    const { state, add, tokens } = await setUpIssuer();
    const sign = await add('a');
    const token = await sign();
    state.isDown = true;
    expect(faultOf(await tokens.verify(token))).toBe('keys_unavailable');
    expect(faultOf(tokens.find(token)!)).toBe('keys_unavailable');
    clock.now += 1_000;
    state.isDown = false;
    expect(faultOf(await tokens.verify(token))).toBe('none');
    state.isDown = true;
    expect(faultOf(await tokens.verify(await sign({ sub: 'another' })))).toBe('none');
  });

  it('do not know a key of somebody else', async () => {
    const { add, tokens } = await setUpIssuer();
    await add('a');
    const stranger = await make({}, { alg: 'ES256', kid: 'z' }, other.privateKey);
    expect(faultOf(await tokens.verify(stranger))).toBe('signature');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(faultOf(await tokens.verify(await make({}, { alg: 'RS256', kid: 'z' }, rsa.privateKey)))).toBe('signature');
    expect(faultOf(await tokens.verify(await make({}, { alg: 'RS256', kid: 'a' }, rsa.privateKey)))).toBe('signature');
  });
});
