import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginHash, continueHash, murmurHash3, murmurHash3Bytes } from './murmur-hash3.ts';

/** Published for MurmurHash3_x86_32: the reference implementation's known answers, as collected in "Murmur3 test vectors". */
const TEXTS: readonly [string, number, number][] = [
  ['', 0, 0],
  ['', 1, 0x514e28b7],
  ['', 0xffffffff, 0x81f16f39],
  ['test', 0, 0xba6bd213],
  ['test', 0x9747b28c, 0x704b81dc],
  ['Hello, world!', 0, 0xc0363e43],
  ['Hello, world!', 0x9747b28c, 0x24884cba],
  ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
  ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
  ['aaaa', 0x9747b28c, 0x5a97808a],
  ['aaa', 0x9747b28c, 0x283e0130],
  ['aa', 0x9747b28c, 0x5d211726],
  ['a', 0x9747b28c, 0x7fa09ea6],
  ['abcd', 0x9747b28c, 0xf0478627],
  ['abc', 0x9747b28c, 0xc84a62dd],
  ['ab', 0x9747b28c, 0x74875592],
  ['ππππππππ', 0x9747b28c, 0xd58063c1],
];
const BYTES: readonly [number[], number, number][] = [
  [[0xff, 0xff, 0xff, 0xff], 0, 0x76293b50],
  [[0x21, 0x43, 0x65, 0x87], 0, 0xf55b516b],
  [[0x21, 0x43, 0x65, 0x87], 0x5082edee, 0x2362f9de],
  [[0x21, 0x43, 0x65], 0, 0x7e4a8634],
  [[0x21, 0x43], 0, 0xa0f7b07a],
  [[0x21], 0, 0x72661cf4],
  [[0, 0, 0, 0], 0, 0x2362f9de],
  [[0, 0, 0], 0, 0x85f0b427],
  [[0, 0], 0, 0x30f4c306],
  [[0], 0, 0x514e28b7],
];

describe('MurmurHash3 x86 32', () => {
  it.each(TEXTS)('hashes %j with seed %i as published', (text, seed, hash) => {
    expect(murmurHash3(text, seed)).toBe(hash);
  });

  it.each(BYTES)('hashes bytes %j with seed %i as published', (bytes, seed, hash) => {
    expect(murmurHash3Bytes(Uint8Array.from(bytes), seed)).toBe(hash);
  });

  it.each(['', 'a', 'tenant-17', 'ü', 'aé', 'payments:租户', '🙂🙂', 'x'.repeat(1000)])(
    'reads %j as its UTF-8 bytes',
    (text) => {
      expect(murmurHash3(text, 7)).toBe(murmurHash3Bytes(new TextEncoder().encode(text), 7));
    },
  );

  it('may be begun with one text and continued with another', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, text, (begin, rest) => {
        expect(continueHash(beginHash(begin), rest)).toBe(murmurHash3(begin + rest));
      }),
    );
  });
});
