import { balancerSchema, flagsRequestSchema, routeRequestSchema } from '@grey/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBatchRequest, checkFlagsRequest, checkRouteRequest, isSurelyValid } from './check-request.ts';

const name = fc.oneof(
  fc.constantFrom('t1', 'payment-service', '', '-x', 'a'.repeat(64), 'a'.repeat(65), 'a\n', 'é'),
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,10}$/),
);
const anything = fc.oneof(
  { depthSize: 'small' },
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(Number.NaN, Infinity, 'x'.repeat(4097)),
);
const metadataKey = fc.oneof(
  fc.constantFrom('userId', 'sessionId', 'headers', 'cookies', 'query', 'path', 'method', 'clientIp', 'region'),
  fc.constantFrom(
    'claims',
    'tag',
    'token',
    'position',
    'attributes',
    '__proto__',
    'constructor',
    'own',
    'k'.repeat(129),
  ),
);
const text = fc.oneof(
  fc.string(),
  fc.constantFrom(...[16, 17, 64, 65, 256, 257, 1024, 1025, 4096, 8192, 8193].map((length) => 'x'.repeat(length))),
);
const textMap = fc.dictionary(fc.oneof(fc.string(), metadataKey), fc.oneof(text, anything), { maxKeys: 3 });
const metadata = fc.oneof(fc.dictionary(metadataKey, fc.oneof(text, textMap, anything), { maxKeys: 4 }), anything);
const balancer = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...balancerSchema.options) }, anything);
const body = fc.oneof(
  fc.record(
    { tenantId: name, serviceName: name, requestMetadata: metadata, balancer },
    { requiredKeys: ['tenantId', 'serviceName'] },
  ),
  fc.record({ tenantId: fc.oneof(name, anything), serviceName: name, other: anything }, { requiredKeys: [] }),
  anything,
);

describe('checking a route request', () => {
  it('accepts and rejects exactly what the contract does, with the same value', () => {
    let accepted = 0;
    fc.assert(
      fc.property(body, (candidate) => {
        const verdict = routeRequestSchema.safeParse(candidate);
        const checked = checkRouteRequest(candidate);
        expect(checked.ok).toBe(verdict.success);
        if (verdict.success && checked.ok) expect(checked.value).toEqual(verdict.data);
        if (verdict.success) accepted++;
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('does the same for /flags', () => {
    fc.assert(
      fc.property(body, (candidate) => {
        expect(checkFlagsRequest(candidate).ok).toBe(flagsRequestSchema.safeParse(candidate).success);
      }),
    );
  });

  it.each([
    { tenantId: 't1', serviceName: 's' },
    { tenantId: 't1', serviceName: 's', balancer: 'peak_ewma' },
    {
      tenantId: 't1',
      serviceName: 's',
      requestMetadata: { tag: 'b', token: 't', position: 'e-1', claims: { a: [1] } },
    },
    { tenantId: 't1', serviceName: 's', requestMetadata: {} },
    {
      tenantId: 't1',
      serviceName: 's',
      requestMetadata: { userId: 'u', region: 'eu', headers: { a: 'b' }, plan: 'gold', n: 1 },
    },
  ])('does not need the schema for an ordinary request', (ordinary) => {
    expect(isSurelyValid(ordinary)).toBe(true);
  });

  it('names the place of every fault', () => {
    const checked = checkRouteRequest({ tenantId: '!', requestMetadata: { headers: { a: 1 } }, extra: true });
    expect(checked.ok ? [] : checked.errors.map((fault) => fault.path).sort()).toEqual([
      'body',
      'body.requestMetadata.headers.a',
      'body.serviceName',
      'body.tenantId',
    ]);
  });
});

describe('checking a batch', () => {
  const one = { tenantId: 't1', serviceName: 's' };

  it.each([
    [{ requests: [one] }, true],
    [{ requests: Array(500).fill(one) }, true],
    [{ requests: Array(501).fill(one) }, false],
    [{ requests: [] }, false],
    [{ requests: [one], more: 1 }, false],
    [[one], false],
    [null, false],
  ])('holds to the bounds (%#)', (candidate, isAccepted) => {
    expect(checkBatchRequest(candidate).ok).toBe(isAccepted);
  });

  it('names the faulty request by its index', () => {
    const checked = checkBatchRequest({ requests: [one, { tenantId: 't1' }] });
    expect(checked.ok ? [] : checked.errors.map((fault) => fault.path)).toEqual(['body.requests[1].serviceName']);
  });
});
