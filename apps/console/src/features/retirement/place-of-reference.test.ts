import { expect, test } from 'vitest';
import { placeOf } from './place-of-reference.ts';

test('a reference leads to where it can be taken away', () => {
  const of = (kind: Parameters<typeof placeOf>[0]['kind'], serviceId: string | null, id: string | null = null) =>
    placeOf({ kind, serviceId, id });
  expect(of('rule', 'shop', 'r1')).toBe('/services/shop/rules');
  expect(of('lane', null, 'a/b')).toBe('/lanes/a%2Fb');
  expect(of('hold', 'shop', 'h1')).toBe('/holds/h1');
  expect(of('requirement', 'pay')).toBe('/services/pay/compatibility');
  expect(of('default', 'shop')).toBe('/services/shop');
  expect(of('assignments', 'shop')).toBeUndefined();
});
