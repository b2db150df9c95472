import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baggageLimits, parseBaggage, replaceMembers } from './baggage.ts';
import { decodeText, encodeText } from './percent-code.ts';
import { isOurMember } from './read-lane.ts';

const anyText = fc.string({ unit: 'binary' });

describe('percent-encoding', () => {
  it('brings back every text, with what UTF-8 cannot say as U+FFFD', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const encoded = encodeText(text);
        expect(encoded).toMatch(/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/);
        expect(decodeText(encoded)).toBe(text.toWellFormed());
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws on what others have written', () => {
    fc.assert(fc.property(fc.oneof(anyText, fc.stringMatching(/^[%0-9a-fA-G+]*$/)), (text) => void decodeText(text)));
  });

  it.each([
    ['%E4%BD%A0', '你'],
    ['%e4%bd%a0', '你'],
    ['a+b', 'a+b'],
    ['%2B', '+'],
    ['%2525', '%25'],
    ['%', '%'],
    ['%4', '%4'],
    ['%zz', '%zz'],
    ['%ED%A0%80', '\ufffd\ufffd\ufffd'],
    ['\ud800', '\ufffd'],
    ['ü%C3%BC', 'üü'],
  ])('reads %j as %j', (text, value) => {
    expect(decodeText(text)).toBe(value);
  });
});

describe('parsing baggage', () => {
  it('gives keys, decoded values and properties of every member', () => {
    const members = parseBaggage(' a = 1 ;p;q=%20 , b=,c=x=y%2Cz,broken,=1, grey-tag=%E4%BD%A0;kid=k');
    expect(members.map(({ key, value, properties }) => [key, value, properties])).toEqual([
      ['a', '1', ';p;q=%20'],
      ['b', '', ''],
      ['c', 'x=y,z', ''],
      ['grey-tag', '你', ';kid=k'],
    ]);
    expect(members.map((one) => one.text)).toContain(' a = 1 ;p;q=%20 ');
  });

  it('never throws', () => {
    fc.assert(fc.property(anyText, (text) => void parseBaggage(text)));
  });
});

describe('replacing members', () => {
  const member = fc
    .tuple(fc.stringMatching(/^ ?[a-z]{1,8} ?$/), anyText.map(encodeText), fc.constantFrom('', ';p', ' ; p=1;q'))
    .map(([key, value, properties]) => `${key}=${value}${properties}`);

  it('leaves those of others byte for byte and in order', () => {
    const ours = ['grey-tag=b', 'grey-position=e-1'];
    fc.assert(
      fc.property(fc.array(member, { maxLength: 20 }), fc.nat(20), (others, at) => {
        const sent = others.toSpliced(Math.min(at, others.length), 0, ' grey-tag = old;kid=k');
        const { header, dropped } = replaceMembers(sent.join(','), ours, isOurMember);
        expect(dropped).toEqual([]);
        expect(header).toBe([...ours, ...others].join(','));
      }),
    );
  });

  it.each(['grey-tag', ' grey-tag ', 'Grey-Tag', 'grey%2Dtag', 'grey-position'])('takes out %j', (key) => {
    expect(replaceMembers(`a=1,${key}=x,b=2`, [], isOurMember).header).toBe('a=1,b=2');
  });

  it('keeps to 64 members, where ours win and the loss is told', () => {
    const others = Array.from({ length: 64 }, (_, i) => `k${i}=${i}`);
    const { header, dropped } = replaceMembers(others.join(','), ['grey-tag=b'], isOurMember);
    expect(header.split(',')).toEqual(['grey-tag=b', ...others.slice(0, 63)]);
    expect(dropped).toEqual(['k63']);
  });

  it('keeps to 8 192 bytes to the last one', () => {
    const room = baggageLimits.byteLength - 'grey-tag=b,'.length;
    const fits = replaceMembers(`k=${'x'.repeat(room - 2)}`, ['grey-tag=b'], isOurMember);
    expect([fits.header.length, fits.dropped]).toEqual([baggageLimits.byteLength, []]);
    const not = replaceMembers(`k=${'x'.repeat(room - 1)},l=1`, ['grey-tag=b'], isOurMember);
    expect([not.header, not.dropped]).toEqual(['grey-tag=b,l=1', ['k']]);
  });
});
