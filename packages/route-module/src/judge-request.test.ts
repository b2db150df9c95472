import { formatTag, makeLane, parseKeyRing, signLane } from '@grey/lanes';
import { describe, expect, it } from 'vitest';
import type { RouteCaller } from './caller.ts';
import { type JudgedRequest, judgeRequest, type TrustOptions } from './judge-request.ts';
import { createLaneVerifier } from './lane-verifier.ts';
import type { RouteMetadata } from './scan-metadata.ts';

/** Without the index signature of the contract's type, which no literal with a map in it fits. */
type Given = Readonly<Record<string, unknown>>;

const keys = parseKeyRing(`k:${'s'.repeat(32)}`);
const now = () => 1_800_000_000_000;
const lane = makeLane({ tag: 'beta', position: 'e1-7' });
const signed = signLane(lane, keys, { now });
const tag = formatTag(signed)!;
const position = { epoch: 'e1', revision: 7 };

function judge(given: Given, who: 'trusted' | 'stranger', { laneKeys, ...trust }: TrustOptions = { laneKeys: keys }) {
  const caller: RouteCaller = {
    kind: 'api_key',
    id: who,
    permissions: new Set(who === 'trusted' ? ['route', 'route.trusted'] : ['route']),
    tenantIds: null,
    mustChangePassword: false,
    expiresAt: Number.POSITIVE_INFINITY,
  };
  const body = { tenantId: 't', serviceName: 's', requestMetadata: given as RouteMetadata };
  return judgeRequest({ ...trust, verifyLane: createLaneVerifier(laneKeys, now) }, caller, body) as JudgedRequest;
}

const told = (judged: JudgedRequest) => judged.notes.map(({ outcome, detail }) => [outcome, detail.why ?? null]);

describe('the lane of a request', () => {
  it('is what a trusted caller says, signed or not', () => {
    for (const said of ['beta', tag]) {
      const judged = judge({ tag: said, position: 'e1-7' }, 'trusted', {});
      expect(judged).toMatchObject({ request: { metadata: { tag: 'beta' } }, position });
      expect(told(judged)).toEqual([
        ['tag_trusted', null],
        ['position_asked', null],
      ]);
    }
    expect(judge({ tag: '50%25 off' }, 'trusted').request.metadata?.tag).toBe('50%25 off');
  });

  it('is what the signature of an edge vouches for', () => {
    const judged = judge({ tag, position: 'e1-7' }, 'stranger');
    expect(judged).toMatchObject({ request: { metadata: { tag: 'beta' } }, position });
    expect(told(judged)[0]).toEqual(['tag_verified', null]);
  });

  it.each<[string, Given, string]>([
    ['unsigned', { tag: 'beta' }, 'unsigned'],
    ['signed without its position', { tag }, 'forged'],
    ['signed with another position', { tag, position: 'e1-6' }, 'forged'],
    ['changed', { tag: tag.replace('beta', 'gamma'), position: 'e1-7' }, 'forged'],
    ['only a position', { position: 'e1-7' }, 'unsigned'],
    ['too long', { tag: 'x'.repeat(1024) }, 'unsigned'],
  ])('is not what a stranger says %s', (_, metadata, why) => {
    const judged = judge({ ...metadata, userId: 'u' }, 'stranger');
    expect(judged.request.metadata).toEqual({ userId: 'u' });
    expect(judged.position).toBeNull();
    expect(told(judged)).toEqual([['tag_stripped', why]]);
  });

  it('is nothing that a stranger says where no keys are configured', () => {
    expect(told(judge({ tag, position: 'e1-7' }, 'stranger', {}))).toEqual([['tag_stripped', 'unsigned']]);
  });

  it('is looked for in the headers where the metadata does not name it', () => {
    const headers = { 'X-Grey-Tag': tag, 'X-Grey-Position': 'e1-7', own: '1' };
    expect(judge({ headers }, 'stranger')).toMatchObject({
      request: { metadata: { tag: 'beta', headers } },
      position,
    });
    const baggage = { Baggage: `own=1,grey-tag=${tag},grey-position=e1-7` };
    expect(judge({ headers: baggage }, 'stranger')).toMatchObject({ request: { metadata: { tag: 'beta' } }, position });
    expect(judge({ headers: { 'x-grey-tag': 'b%C3%A4ta' } }, 'trusted').request.metadata?.tag).toBe('bäta');
    expect(judge({ tag: 'own', headers: { 'x-grey-tag': 'other' } }, 'trusted').request.metadata?.tag).toBe('own');
  });

  it('does not reach a rule on headers when it is stripped', () => {
    const headers = {
      'X-Grey-Tag': 'beta',
      baggage: 'own=1,grey-tag=beta',
      'x-grey-position': 'e1-7',
      own: '1',
      empty: '',
    };
    const judged = judge({ headers }, 'stranger');
    expect(judged.request.metadata).toEqual({ headers: { baggage: 'own=1', own: '1', empty: '' } });
    expect(judge({ headers: { baggage: 'grey-tag=b' } }, 'stranger').request.metadata).toEqual({ headers: {} });
  });

  it('is in no way touched by other headers', () => {
    const headers = { own: '1', baggage: 'a=1', 'x-grey-tax': '1' };
    expect(judge({ headers }, 'stranger')).toMatchObject({ request: { metadata: { headers } }, notes: [] });
  });

  it('stays although its position is none', () => {
    const judged = judge({ tag: 'beta', position: 'later' }, 'trusted');
    expect(judged).toMatchObject({ request: { metadata: { tag: 'beta' } }, position: null });
    expect(told(judged)).toContainEqual(['position_malformed', null]);
  });
});

describe('the claims of a request', () => {
  it('are for trusted callers to make', () => {
    expect(judge({ claims: { plan: 'gold' } }, 'trusted')).toMatchObject({
      request: { metadata: { claims: { plan: 'gold' } } },
      forbidden: null,
    });
    expect(judge({ claims: {} }, 'stranger').forbidden).toContain('requestMetadata.claims');
  });
});

describe('the address of the client', () => {
  const from = (metadata: Given, trustedHops: number) =>
    judge(metadata, 'stranger', { trustedHops }).request.metadata?.clientIp;
  const headers = { 'X-Forwarded-For': '6.6.6.6, 9.9.9.9, 10.0.0.1' };

  it('is what the caller says, unmapped, else the entry that the trusted proxies have added', () => {
    expect(from({ clientIp: '::ffff:1.2.3.4', headers }, 2)).toBe('1.2.3.4');
    expect(from({ headers }, 2)).toBe('9.9.9.9');
    expect(from({ headers }, 0)).toBeUndefined();
    expect(from({ headers }, 4)).toBeUndefined();
    expect(told(judge({ headers }, 'stranger', { trustedHops: 4 }))).toEqual([['client_ip_missing', null]]);
  });
});

it('keeps what nobody can abuse as it came, with the balancer', () => {
  const metadata = { userId: 'u', path: '/x' };
  const judged = judge(metadata, 'stranger');
  expect(judged.request.metadata).toBe(metadata);
  expect(judge({ plan: 'gold', tag: 'x' }, 'stranger').request.metadata).toEqual({ attributes: { plan: 'gold' } });
});
