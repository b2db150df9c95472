import { describe, expect, it } from 'vitest';
import { hashCodeOf, variantByMd5 } from './md5-java.ts';

describe('the md5 formula of routers in Java', () => {
  // Computed with Python's hashlib and a hashCode written there.
  it.each([
    ['acme', 'checkout', '44ead998d016e863a6c93b95522d94d2', 1478253311, 1],
    ['beta', 'checkout', '4b14cfe3f420bb1c403df81fa90677c4', 1406068931, 1],
    ['gamma', 'checkout', '8379e3b72c6bfbe6728bc784164dda05', 823751862, 0],
    ['t1', 'exp-1', 'e19d69f03815aa51aef7c1b0d4b2d10a', -1464386600, 0],
    ['t2', 'exp-1', '600bce133cf1fd09ee404950e326aec6', 1611237847, 1],
    ['租户', '实验', '6218f1e62c8c961a6f332049667cc48d', 1187956644, 0],
    ['', 'exp', 'b0ab0254bd58eb87eaee3172ba49fefb', 473816901, 1],
    ['tenant-00001', 'new-ui', '5ce6fa516f0e832a827ef90bbd46182a', 916814284, 0],
    ['tenant-00002', 'new-ui', '75b3d322b8d76131bdf6f330da5431af', 1981072731, 1],
  ])('gives %s in %s the variant that Java gives', (tenantId, experimentId, digest, hashCode, variant) => {
    expect(hashCodeOf(digest)).toBe(hashCode);
    expect(variantByMd5(tenantId, experimentId)).toBe(variant);
  });

  it('spreads tenants as Java does', () => {
    const variants = Array.from({ length: 40 }, (_, i) => variantByMd5(`tenant-${i}`, 'e1')).join('');
    expect(variants).toBe('0100100000100111011011011000010010011001');
  });

  it('has the hash code of the least integer for the text known for it', () => {
    expect(hashCodeOf('polygenelubricants')).toBe(-2_147_483_648);
    expect(hashCodeOf('')).toBe(0);
    expect(hashCodeOf('a')).toBe(97);
  });
});
