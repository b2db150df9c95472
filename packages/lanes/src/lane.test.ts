import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyRing, parseKeyRing } from './key-ring.ts';
import { formatTag, makeLane, NO_LANE, parseTag, TAG_LENGTH_LIMIT } from './lane.ts';
import { encodeText } from './percent-code.ts';
import { formatPosition, parsePosition } from './position.ts';
import { readLane } from './read-lane.ts';
import { signLane, verifyLane } from './signed-lane.ts';

const tag = fc.string({ unit: 'binary', maxLength: 80 });
const position = fc.option(
  fc.record({ epoch: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/), revision: fc.nat() }),
);
const secret = (letter: string) => letter.repeat(32);
const keys = parseKeyRing(`new:${secret('n')}, old:${secret('o')}`);
const now = () => 1_800_000_000_000;

describe('a lane on the wire', () => {
  it('comes back as it was from the header and from baggage, signed or not', () => {
    fc.assert(
      fc.property(tag, position, fc.boolean(), (given, at, isSigned) => {
        const lane = isSigned
          ? signLane(makeLane({ tag: given, position: at }), keys, { now })
          : makeLane({ tag: given, position: at });
        const text = formatTag(lane);
        const stamp = lane.position ?? undefined;
        expect(readLane({ 'x-grey-tag': text ?? undefined, 'x-grey-position': stamp }).lane).toEqual(lane);
        const members = [...(text === null ? [] : [`grey-tag=${text}`]), ...(stamp ? [`grey-position=${stamp}`] : [])];
        expect(readLane({ baggage: `a=1,${members.join(',')};own=1` }).lane).toEqual(lane);
      }),
      { numRuns: 500 },
    );
  });

  it('fits the length that routers accept, with a signature', () => {
    const longest = 'x'.repeat(TAG_LENGTH_LIMIT);
    const keyRing = new KeyRing([{ id: 'k'.repeat(32), secret: secret('s') }]);
    expect(formatTag(signLane(makeLane({ tag: longest }), keyRing))!.length).toBeLessThanOrEqual(1024);
    expect(() => makeLane({ tag: `${longest}x` })).toThrow(RangeError);
    expect(() => makeLane({ tag: '你'.repeat(TAG_LENGTH_LIMIT / 9 + 1) })).toThrow(RangeError);
    expect(parseTag(`${longest}x`)).toBeUndefined();
    expect(parseTag('x'.repeat(100_000))).toBeUndefined();
  });

  it('reads whatever arrives without throwing, and only what it can send on', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[-a-z0-9;=%,. ]*$/));
    const headers = fc.record(
      { 'x-grey-tag': value, 'x-grey-position': value, baggage: value, tracestate: value },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(headers, (given) => {
        const { lane } = readLane(given);
        expect(makeLane(lane)).toEqual(lane);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes bytes beyond ASCII for UTF-8, as senders that do not encode mean them', () => {
    const raw = Buffer.from('grün', 'utf8').toString('latin1');
    expect(readLane({ 'x-grey-tag': raw }).lane.tag).toBe('grün');
  });

  it.each([
    ['e1-7', { epoch: 'e1', revision: 7 }],
    ['2026-11-21-0', { epoch: '2026-11-21', revision: 0 }],
    ['e1', undefined],
    ['e1-', undefined],
    ['-7', undefined],
    ['e1-07', undefined],
    ['e1-7x', undefined],
    ['e 1-7', undefined],
    [`e-${'9'.repeat(16)}`, undefined],
  ])('reads the stamp %j', (stamp, parsed) => {
    expect(parsePosition(stamp)).toEqual(parsed);
    if (parsed !== undefined) expect(formatPosition(parsed)).toBe(stamp);
    else expect(() => makeLane({ position: stamp })).toThrow(RangeError);
  });
});

describe('what a hop has lost', () => {
  const baggage = 'grey-tag=beta';
  it.each([
    [{}, null, null],
    [{ 'x-grey-tag': 'beta', baggage }, 'beta', null],
    [{ baggage }, 'beta', 'header_missing'],
    [{ 'x-grey-tag': 'beta' }, 'beta', 'baggage_missing'],
    [{ 'x-grey-tag': 'beta', baggage: 'other=1' }, 'beta', 'baggage_missing'],
    [{ 'x-grey-tag': 'gamma', baggage }, 'gamma', 'conflict'],
    [{ 'x-grey-tag': 'beta, beta', baggage }, 'beta', 'malformed'],
    [{ 'x-grey-tag': 'x'.repeat(2000) }, null, 'malformed'],
    [{ tracestate: 'a=1,grey=lane' }, null, 'both_missing'],
    [{ tracestate: 'grey=lane', baggage: 'other=1' }, null, 'both_missing'],
    [{ tracestate: 'grey=lane', baggage, 'x-grey-tag': 'beta' }, 'beta', null],
    [{ tracestate: 'a=1' }, null, null],
    [{ 'x-grey-position': 'e1-7' }, null, null],
  ])('of %j', (headers, expected, loss) => {
    expect(readLane(headers)).toMatchObject({ lane: { tag: expected }, loss });
  });
});

describe('a signed lane', () => {
  const lane = makeLane({ tag: 'beta', position: 'e1-7' });

  it('is valid until it expires', () => {
    const signed = signLane(lane, keys, { now, lifetimeMs: 60_000 });
    expect(verifyLane(signed, keys, () => now() + 59_999)).toBe('valid');
    expect(verifyLane(signed, keys, () => now() + 60_000)).toBe('expired');
  });

  it('is valid only for this tag, position, expiry and key', () => {
    const signed = signLane(lane, keys, { now });
    const later = signed.proof!.replace(/exp=\d+/, (exp) => `${exp.slice(0, -1)}9`);
    expect(verifyLane({ ...signed, tag: 'gamma' }, keys, now)).toBe('forged');
    expect(verifyLane({ ...signed, position: 'e1-8' }, keys, now)).toBe('forged');
    expect(verifyLane({ ...signed, position: null }, keys, now)).toBe('forged');
    expect(verifyLane({ ...signed, proof: later }, keys, now)).toBe('forged');
    expect(verifyLane({ ...signed, proof: signed.proof!.replace('kid=new', 'kid=old') }, keys, now)).toBe('forged');
    expect(verifyLane({ ...signed, proof: signed.proof!.replace('kid=new', 'kid=none') }, keys, now)).toBe(
      'key_unknown',
    );
    expect(verifyLane(lane, keys, now)).toBe('unsigned');
  });

  it('does not let parts of it flow into each other', () => {
    fc.assert(
      fc.property(tag, position, tag, position, (tagA, atA, tagB, atB) => {
        const a = makeLane({ tag: tagA, position: atA });
        const b = makeLane({ tag: tagB, position: atB });
        fc.pre(a.tag !== b.tag || a.position !== b.position);
        expect(verifyLane({ ...b, proof: signLane(a, keys, { now }).proof }, keys, now)).toBe('forged');
      }),
    );
  });

  it('survives a rotation of keys in two steps', () => {
    const [old, both, turned, fresh] = [
      `a:${secret('a')}`,
      `a:${secret('a')},b:${secret('b')}`,
      `b:${secret('b')},a:${secret('a')}`,
      `b:${secret('b')}`,
    ].map((text) => parseKeyRing(text)) as [KeyRing, KeyRing, KeyRing, KeyRing];
    expect(verifyLane(signLane(lane, old, { now }), both, now)).toBe('valid');
    expect(verifyLane(signLane(lane, turned, { now }), both, now)).toBe('valid');
    expect(verifyLane(signLane(lane, both, { now }), turned, now)).toBe('valid');
    expect(verifyLane(signLane(lane, old, { now }), fresh, now)).toBe('key_unknown');
  });

  it('can stamp a position without a tag', () => {
    const stamped = signLane({ ...NO_LANE, position: 'e1-7' }, keys, { now });
    const text = formatTag(stamped)!;
    expect(text).toMatch(/^;kid=new;exp=/);
    const { lane: read } = readLane({ 'x-grey-tag': text, 'x-grey-position': 'e1-7' });
    expect(verifyLane(read, keys, now)).toBe('valid');
  });

  it('keeps its signature where a hop has written the header anew without', () => {
    const signed = signLane(makeLane({ tag: 'beta' }), keys, { now });
    const baggage = `grey-tag=${formatTag(signed)}`;
    expect(readLane({ 'x-grey-tag': 'beta', baggage }).lane).toEqual(signed);
    expect(readLane({ 'x-grey-tag': 'gamma', baggage }).lane).toEqual(makeLane({ tag: 'gamma' }));
  });

  it('is read with blanks and properties of others between its own', () => {
    const signed = signLane(lane, keys, { now });
    const spaced = `beta ; own=1 ${signed.proof!.replaceAll(';', ' ; ').replaceAll('kid=', 'kid = ')}`;
    expect(parseTag(spaced)).toEqual({ tag: 'beta', proof: signed.proof });
    expect(parseTag(`${encodeText('beta')};kid=new;exp=1`)).toEqual({ tag: 'beta', proof: null });
  });
});

describe('a key ring', () => {
  it.each([
    ['', 'kid:secret'],
    ['a', 'kid:secret'],
    ['a:short', 'fewer than 32 bytes'],
    [`a b:${secret('s')}`, 'key id'],
    [`a:${secret('s')},a:${secret('t')}`, 'one id'],
  ])('refuses %j', (text, message) => {
    expect(() => parseKeyRing(text)).toThrow(message);
    expect(() => parseKeyRing(text)).not.toThrow('ssss');
  });

  it('reads secrets with colons', () => {
    expect(parseKeyRing(`a:${secret('s')}:x`).signing.secret).toBe(`${secret('s')}:x`);
  });
});
