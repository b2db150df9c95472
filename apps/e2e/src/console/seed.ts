import type { CallProduct } from '../call-product.ts';
import { startTinyInstance, type TinyInstance } from '../tiny-instance.ts';

export const services = ['payment-service', 'user-service', 'order-service'] as const;
export const versions = ['1.8.0', '2.0.3', '2.1.0'] as const;

/** Services with versions and a default, forty tenants, and live instances of every version of payment-service. */
export async function seed(call: CallProduct): Promise<TinyInstance[]> {
  for (const id of services) {
    await call('POST', '/api/services', { id, fallback: 'fail' });
    for (const version of versions) await call('POST', `/api/services/${id}/versions`, { version });
    await call('PATCH', `/api/services/${id}`, { defaultVersions: [{ version: '2.0.3', weight: 10_000 }] });
  }
  for (let index = 0; index < 40; index++)
    await call('POST', '/api/tenants', {
      id: tenantId(index),
      name: `${['Acme Retail', 'Northwind Traders', 'Contoso', 'Globex'][index % 4]} ${index}`,
      tier: ['gold', 'silver', 'bronze'][index % 3],
      region: ['eu-west', 'cn-north'][index % 2],
      tags: index % 4 === 0 ? ['beta'] : [],
    });
  for (const [index, id] of services.entries())
    await call('PUT', `/api/tenants/${tenantId(index + 1)}/services/${id}/version`, {
      targetVersion: '1.8.0',
      pinned: index === 1,
      reason: 'Stays until the contract is renewed',
    });
  const instances: TinyInstance[] = [];
  for (const version of versions)
    for (let copy = 1; copy <= 2; copy++)
      instances.push(
        await startTinyInstance(call, {
          serviceId: 'payment-service',
          version,
          instanceId: `payment-${version}-${copy}`,
        }),
      );
  return instances;
}

export const tenantId = (index: number) => `tenant-${String(index).padStart(3, '0')}`;

/** What /route answers, as far as it is looked at here. */
export interface RouteAnswer {
  readonly version: string;
  readonly instance: string;
  readonly instanceId: string;
  readonly reason: string;
}

export const ask = (call: CallProduct, tenant: string, serviceName = 'payment-service') =>
  call<RouteAnswer>('POST', '/api/grey-router/route', { tenantId: tenant, serviceName });
