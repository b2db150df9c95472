import { describe, expect, it } from 'vitest';
import type { RouteCaller } from './caller.ts';
import { hashToken, TokenCache } from './token-cache.ts';

function setUp(over: Partial<RouteCaller> = {}) {
  const clock = { now: 1000 };
  const asked: string[] = [];
  const gate = { wait: Promise.resolve() };
  const caller: RouteCaller = {
    kind: 'user',
    id: 'u1',
    permissions: new Set(['route']),
    tenantIds: null,
    mustChangePassword: false,
    expiresAt: 2000,
    ...over,
  };
  const verdict: { error?: Error & { code?: string } } = {};
  const authenticate = async (bearer: string) => {
    asked.push(bearer);
    await gate.wait;
    if (verdict.error !== undefined) throw verdict.error;
    if (bearer === 'bad') throw new Error('bad');
    return caller;
  };
  return { clock, asked, gate, verdict, cache: new TokenCache({ authenticate, now: () => clock.now }) };
}

describe('TokenCache', () => {
  it('verifies a token once', async () => {
    const { cache, asked } = setUp();
    expect(cache.find('a')).toBeUndefined();
    await cache.verify('a');
    expect(cache.find('a')?.caller.id).toBe('u1');
    expect(asked).toEqual(['a']);
  });

  it('forgets a token at the moment it expires', async () => {
    const { cache, clock } = setUp();
    await cache.verify('a');
    clock.now = 1999;
    expect(cache.find('a')).toBeDefined();
    clock.now = 2000;
    expect(cache.find('a')).toBeUndefined();
  });

  it('keeps no failure', async () => {
    const { cache, asked } = setUp();
    await expect(cache.verify('bad')).rejects.toThrow('bad');
    await expect(cache.verify('bad')).rejects.toThrow('bad');
    expect(asked).toEqual(['bad', 'bad']);
  });

  it('checks a token once for all that come with it at the same time', async () => {
    const { cache, asked } = setUp();
    await Promise.all([cache.verify('a'), cache.verify('a')]);
    expect(asked).toEqual(['a']);
  });

  it.each([
    ['the token', { tokenHash: hashToken('a') }],
    ['the user', { userId: 'u1' }],
  ])('drops a token when %s is revoked, also where it is remembered', async (_, what) => {
    const { cache } = setUp();
    const entry = await cache.verify('a');
    cache.revoke(what);
    expect(cache.find('a')).toBeUndefined();
    expect(cache.isUsable(entry, 'a')).toBe(false);
  });

  it('drops an API key by its id, but no user of the same id', async () => {
    const { cache } = setUp({ kind: 'api_key', id: 'k1' });
    await cache.verify('a');
    cache.revoke({ userId: 'k1' });
    expect(cache.find('a')).toBeDefined();
    cache.revoke({ apiKeyId: 'k1' });
    expect(cache.find('a')).toBeUndefined();
  });

  it('verifies a used token anew after five seconds, without making anybody wait', async () => {
    const { cache, clock, asked, verdict } = setUp({ expiresAt: Number.POSITIVE_INFINITY });
    await cache.verify('a');
    clock.now += 4_999;
    cache.find('a');
    expect(asked).toHaveLength(1);
    clock.now += 1;
    verdict.error = Object.assign(new Error(), { code: 'TOKEN_INVALID' });
    expect(cache.find('a')).toBeDefined();
    expect(asked).toHaveLength(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(cache.find('a')).toBeUndefined();
  });

  it('keeps a token while the verifier cannot answer', async () => {
    const { cache, clock, verdict } = setUp({ expiresAt: Number.POSITIVE_INFINITY });
    await cache.verify('a');
    clock.now += 5_000;
    verdict.error = Object.assign(new Error(), { code: 'DATABASE_UNAVAILABLE' });
    cache.find('a');
    await new Promise((resolve) => setImmediate(resolve));
    expect(cache.find('a')).toBeDefined();
  });

  it('keeps other tokens when one is revoked', async () => {
    const { cache } = setUp();
    await cache.verify('a');
    await cache.verify('b');
    cache.revoke({ tokenHash: hashToken('a') });
    expect(cache.find('b')).toBeDefined();
  });

  it('does not keep a token whose revocation came while it was being checked', async () => {
    const { cache, gate } = setUp();
    let open = () => {};
    gate.wait = new Promise((resolve) => {
      open = resolve;
    });
    const checking = cache.verify('a');
    cache.revoke({ userId: 'u1' });
    open();
    await checking;
    expect(cache.find('a')).toBeUndefined();
  });
});
