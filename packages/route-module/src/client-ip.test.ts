import { describe, expect, it } from 'vitest';
import { clientIpOf, unmapAddress } from './client-ip.ts';

describe('the client in X-Forwarded-For', () => {
  it.each([
    ['9.9.9.9, 10.0.0.1', 0, null],
    ['9.9.9.9, 10.0.0.1', 1, '10.0.0.1'],
    ['9.9.9.9, 10.0.0.1', 2, '9.9.9.9'],
    ['9.9.9.9, 10.0.0.1', 3, null],
    ['9.9.9.9', 1, '9.9.9.9'],
    ['9.9.9.9', 2, null],
    ['', 1, null],
    [',', 1, null],
    [',9.9.9.9', 2, null],
    ['9.9.9.9,', 1, null],
    ['1.1.1.1,9.9.9.9:4711', 1, '9.9.9.9'],
    ['1.1.1.1, [2001:db8::1]:443', 1, '2001:db8::1'],
    ['[2001:db8::1]', 1, '2001:db8::1'],
    ['2001:db8::1', 1, '2001:db8::1'],
    ['::ffff:10.0.0.1', 1, '10.0.0.1'],
    ['fe80::1%eth0', 1, null],
    ['010.0.0.1', 1, null],
    ['unknown', 1, null],
    ['1.1.1.1 2.2.2.2', 1, null],
  ])('%j with %i trusted hops: %s', (header, hops, address) => {
    expect(clientIpOf(header, hops)).toBe(address);
  });

  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:a00:1', '10.0.0.1'],
    ['::ffff:ffff:fffe', '255.255.255.254'],
    ['::ffff:999.0.0.1', '::ffff:999.0.0.1'],
    ['::1', '::1'],
    ['10.0.0.1', '10.0.0.1'],
    ['anything', 'anything'],
  ])('%s unmapped is %s', (address, unmapped) => {
    expect(unmapAddress(address)).toBe(unmapped);
  });
});
