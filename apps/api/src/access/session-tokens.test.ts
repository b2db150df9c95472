import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { SessionTokens } from './session-tokens.ts';

const secret = 'a secret of at least thirty-two bytes';
const tokens = new SessionTokens(secret);

interface Forgery {
  readonly header?: object;
  readonly issuer?: string;
  readonly audience?: string;
  readonly key?: string;
  readonly exp?: number;
  readonly nbf?: number;
  readonly payload?: object;
}

/** A token right in everything but what is named. */
function forge({
  header,
  issuer = 'grey-service-router',
  audience = 'grey-service-router/api',
  key = secret,
  exp = 4e9,
  nbf,
  payload,
}: Forgery) {
  const jwt = new SignJWT({ ver: 1, ...payload })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
    .setSubject('user-1')
    .setJti('token-1')
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(exp);
  if (nbf !== undefined) jwt.setNotBefore(nbf);
  return jwt.sign(new TextEncoder().encode(key));
}

const refused = { code: 'TOKEN_INVALID' };

describe('a session token', () => {
  it('says whose it is until it ends', async () => {
    const { token, expiresAt } = await tokens.issue('user-1', 7);
    const claims = await tokens.verify(token);
    expect(claims).toMatchObject({ sub: 'user-1', ver: 7, exp: expiresAt.getTime() / 1000 });
    expect(claims.jti).not.toBe('');
  });

  it('made elsewhere with the same secret and claims is good', async () => {
    await expect(tokens.verify(await forge({}))).resolves.toMatchObject({ sub: 'user-1', jti: 'token-1' });
  });

  it.each<[string, Forgery]>([
    ['of another secret', { key: 'another secret of thirty-two bytes or so' }],
    ['of another issuer', { issuer: 'somebody-else' }],
    ['for another audience', { audience: 'another-api' }],
    ['that has expired', { exp: 1_000_000 }],
    ['that is not valid yet', { nbf: 3.9e9 }],
    ['of another type', { header: { typ: 'JWT' } }],
    ['of another algorithm', { header: { alg: 'HS384' }, key: `${secret}${secret}` }],
    ['without a version', { payload: { ver: undefined } }],
  ])('%s is refused', async (_, forgery) => {
    await expect(tokens.verify(await forge(forgery))).rejects.toMatchObject(refused);
  });

  it('with a critical header nobody understands is refused', async () => {
    const [, payload, signature] = (await forge({})).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'at+jwt', crit: ['x'], x: 1 })).toString(
      'base64url',
    );
    await expect(tokens.verify(`${header}.${payload}.${signature}`)).rejects.toMatchObject(refused);
  });

  it('without a signature is refused', async () => {
    const unsigned = new UnsecuredJWT({ ver: 1 })
      .setSubject('user-1')
      .setJti('t')
      .setIssuer('grey-service-router')
      .setAudience('grey-service-router/api')
      .encode();
    await expect(tokens.verify(unsigned)).rejects.toMatchObject(refused);
  });

  it('with one character changed is refused', async () => {
    const token = await forge({});
    const at = token.indexOf('.') + 5;
    const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    await expect(tokens.verify(changed)).rejects.toMatchObject(refused);
  });

  it.each(['', 'x', 'a.b.c', '..', 'grey_key'])('that is no token (%j) is refused', async (text) => {
    await expect(tokens.verify(text)).rejects.toMatchObject(refused);
  });
});
