import { expect, test } from 'vitest';
import { keepRequest } from './keep-request.ts';
import { KeptNames } from './kept-names.ts';
import { showSample } from './show-sample.ts';

const kept = new KeptNames('x-beta, x-grey-*,*,query:beta,cookie:ab,claim:plan,attribute:*');
const request = {
  tenantId: 'acme',
  serviceName: 'pay',
  metadata: {
    userId: 'ada@example.org',
    sessionId: 'session-1',
    path: '/cart',
    method: 'GET',
    clientIp: '10.1.2.3',
    token: 'eyJ',
    headers: {
      'X-Beta': 'on',
      'X-Grey-Test': '1',
      Authorization: 'Bearer x',
      Cookie: 'a=b',
      'x-long': 'x'.repeat(300),
    },
    cookies: { ab: '1', sid: 'secret' },
    query: { beta: '1', email: 'ada@example.org' },
    claims: { plan: ['gold'], email: 'ada@example.org' },
    attributes: { tier: 3 },
  },
};

test('keeps listed names, and never a token or a header that carries one', () => {
  expect(keepRequest(request, kept)).toEqual({
    tenantId: 'acme',
    serviceName: 'pay',
    metadata: {
      userId: 'ada@example.org',
      sessionId: 'session-1',
      path: '/cart',
      method: 'GET',
      clientIp: '10.1.2.3',
      headers: { 'X-Beta': 'on', 'X-Grey-Test': '1' },
      cookies: { ab: '1' },
      query: { beta: '1' },
      claims: { plan: ['gold'] },
      attributes: { tier: 3 },
    },
  });
  expect(keepRequest({ tenantId: 'a', serviceName: 'b' }, kept)).toEqual({ tenantId: 'a', serviceName: 'b' });
});

test('shows people as hashes and addresses as networks', () => {
  const at = Date.UTC(2026, 0, 1);
  const sample = { request: keepRequest(request, kept), at, version: 'v1', reason: 'DEFAULT', code: null };
  const shown = showSample(sample, Buffer.alloc(32, 1));
  expect(shown).toMatchObject({ at: '2026-01-01T00:00:00.000Z', tenantId: 'acme', version: 'v1' });
  expect(shown.metadata).toMatchObject({
    user: expect.stringMatching(/^[0-9a-f]{8}$/),
    session: expect.stringMatching(/^[0-9a-f]{8}$/),
    clientNetwork: '10.1.2.0/24',
  });
  expect(JSON.stringify(shown)).not.toMatch(/ada@|session-1|10\.1\.2\.3/);
  expect(showSample(sample, Buffer.alloc(32, 2)).metadata.user).not.toBe(shown.metadata.user);
});
