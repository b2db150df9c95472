import { expect, test } from 'vitest';
import { getGetTenantUrl, getGetVersionUrl } from './generated/grey.ts';

test('what stands in the address of a page leads to no other operation', () => {
  expect(getGetTenantUrl('../services/pay?x=')).toBe('/api/tenants/..%2Fservices%2Fpay%3Fx%3D');
  expect(getGetTenantUrl('\0')).toBe('/api/tenants/%00');
  expect(getGetVersionUrl('pay', '1.0.0+7')).toBe('/api/services/pay/versions/1.0.0%2B7');
});
