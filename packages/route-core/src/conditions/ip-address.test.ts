import { BlockList, isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { parseAddress } from './ip-address.ts';
import { compileNetworks, parseNetwork } from './match-networks.ts';

const octet = fc.integer({ min: 0, max: 255 });
const v4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const v6 = fc.oneof(
  fc.ipV6(),
  fc.constantFrom('::', '::1', '1::', '2001:db8::8:800:200c:417a', '::ffff:1.2.3.4', '::1.2.3.4', 'FF01::101'),
);

function dotted(value: number): string {
  return [24, 16, 8, 0].map((bits) => (value >>> bits) & 255).join('.');
}

describe('an address', () => {
  it.each<[string, unknown]>([
    ['0.0.0.0', { family: 4, value: 0 }],
    ['255.255.255.255', { family: 4, value: 0xffffffff }],
    ['10.0.0.1', { family: 4, value: 0x0a000001 }],
    ['::', { family: 6, words: [0, 0, 0, 0] }],
    ['::1', { family: 6, words: [0, 0, 0, 1] }],
    ['1::', { family: 6, words: [0x10000, 0, 0, 0] }],
    ['1:2:3:4:5:6:7:8', { family: 6, words: [0x10002, 0x30004, 0x50006, 0x70008] }],
    ['1:2:3:4:5:6:7::', { family: 6, words: [0x10002, 0x30004, 0x50006, 0x70000] }],
    ['::2:3:4:5:6:7:8', { family: 6, words: [0x2, 0x30004, 0x50006, 0x70008] }],
    ['FFff::0aF9', { family: 6, words: [0xffff0000, 0, 0, 0xaf9] }],
    ['1::1.2.3.4', { family: 6, words: [0x10000, 0, 0, 0x01020304] }],
    ['1:2:3:4:5:6:1.2.3.4', { family: 6, words: [0x10002, 0x30004, 0x50006, 0x01020304] }],
    ['::ffff:1.2.3.4', { family: 4, value: 0x01020304 }],
    ['0:0:0:0:0:ffff:102:304', { family: 4, value: 0x01020304 }],
    ['::fffe:1.2.3.4', { family: 6, words: [0, 0, 0xfffe, 0x01020304] }],
    ['::1:ffff:1.2.3.4', { family: 6, words: [0, 0, 0x1ffff, 0x01020304] }],
    ['1::ffff:1.2.3.4', { family: 6, words: [0x10000, 0, 0xffff, 0x01020304] }],
    ['0:0:1:0:0:ffff:1.2.3.4', { family: 6, words: [0, 0x10000, 0xffff, 0x01020304] }],
  ])('%s is read', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '256.1.1.1',
    '1.1.1.256',
    '01.2.3.4',
    '1.2.3.00',
    '0001.1.1.1',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.4/8',
    '1.2.3.-4',
    '1.2.3.a',
    '+1.2.3.4',
    '1,2,3,4',
    '1.2.3.4:80',
    ':',
    ':::',
    '1',
    '1:',
    ':1',
    '::1:',
    ':1::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    '1:2:3:4::5:6:7:8',
    '12345::',
    'g::',
    '::g',
    '::1%eth0',
    '[::1]',
    '::1/64',
    '::1.2.3',
    '::1.2.3.4.5',
    '::01.2.3.4',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::ffff:1.2.3.256',
    '1:2:3:4:5:1.2.3.4',
    '::-1',
    '::/',
    '::1@',
    '::`',
    '::1 ',
    `::${'0'.repeat(50)}`,
  ])('%j is none', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it('is what Node and ipaddr.js take for one', () => {
    const mutated = fc
      .tuple(fc.oneof(v4, v6), fc.nat(40), fc.constantFrom('', ':', '.', '0', 'f', '1', '::', 'g'))
      .map(([text, at, piece]) => text.slice(0, at) + piece + text.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(v4, v6, mutated), (text) => {
        const address = parseAddress(text);
        expect(address !== null).toBe(isIPv4(text) || (isIPv6(text) && !text.includes('%')));
        // ipaddr.js takes ::1.2.3.4 for v4, which is none but ::ffff:1.2.3.4.
        if (address === null || (text.includes('.') && text.includes(':'))) return;
        const theirs = ipaddr.process(text).toByteArray();
        const ours = address.family === 4 ? [address.value] : address.words;
        const bytes = ours.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
        expect(bytes).toEqual(theirs);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a network', () => {
  it.each([
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8 ',
    '10.0.0.0/8/8',
    '::/129',
    '::/1280',
    '/8',
    '10/8',
    '10.0.0.0/a',
    '10.0.0.0/1e1',
  ])('%j is none', (text) => {
    expect(parseNetwork(text)).toBeNull();
  });

  it.each<[string, number, 4 | 6]>([
    ['10.0.0.0/0', 0, 4],
    ['10.0.0.0/32', 32, 4],
    ['10.0.0.0', 32, 4],
    ['::/0', 0, 6],
    ['::/128', 128, 6],
    ['::1', 128, 6],
    ['::ffff:10.0.0.0/96', 0, 4],
    ['::ffff:10.0.0.0/128', 32, 4],
    ['::ffff:10.0.0.0', 32, 4],
    ['::ffff:10.0.0.0/95', 95, 6],
  ])('%s has %i bits of family %i', (text, bits, family) => {
    expect(parseNetwork(text)).toMatchObject({ bits, address: { family } });
  });

  it('holds what BlockList says, family by family', () => {
    const network = fc.oneof(
      fc.tuple(v4, fc.integer({ min: 0, max: 32 })),
      fc.tuple(
        v6.filter((text) => !text.includes('.')),
        fc.integer({ min: 0, max: 128 }),
      ),
    );
    fc.assert(
      fc.property(fc.array(network, { maxLength: 8 }), fc.array(fc.oneof(v4, v6)), (networks, clients) => {
        const isInside = compileNetworks(networks.map(([address, bits]) => `${address}/${bits}`));
        const own = new BlockList();
        const others = new BlockList();
        for (const [address, bits] of networks) {
          const parsed = parseNetwork(`${address}/${bits}`)!;
          if (address.includes(':')) others.addSubnet(address, bits, 'ipv6');
          else own.addSubnet(address, bits, 'ipv4');
          expect(parsed.bits).toBe(bits);
        }
        for (const client of [...clients, ...networks.map(([address]) => address)]) {
          const address = parseAddress(client)!;
          const expected =
            address.family === 4 ? own.check(dotted(address.value), 'ipv4') : others.check(client, 'ipv6');
          expect(isInside(client), client).toBe(expected);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('holds no address at all when there is none', () => {
    expect(compileNetworks([])('10.0.0.1')).toBe(false);
    const isAnything = compileNetworks(['::/0', '0.0.0.0/0']);
    for (const text of ['', '10', '10.', '10.0.0', '010.0.0.1', '10.0.0.1.', '256.0.0.1', '10.0.0.1:80', '.10.0.0.1']) {
      expect(isAnything(text), text).toBe(false);
    }
  });

  it('says at the first octet what it would say of the whole address', () => {
    const texts = fc.stringMatching(/^[0-9.:]{0,6}(\.\d{1,3}){0,4}$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(v4, fc.integer({ min: 0, max: 32 })), { maxLength: 4 }),
        texts,
        (networks, text) => {
          const own = new BlockList();
          for (const [address, bits] of networks) own.addSubnet(address, bits, 'ipv4');
          const address = parseAddress(text);
          const expected = address?.family === 4 && own.check(dotted(address.value), 'ipv4');
          expect(compileNetworks(networks.map(([base, bits]) => `${base}/${bits}`))(text)).toBe(expected);
        },
      ),
      { numRuns: 500 },
    );
  });
});
