import { setTimeout as sleep } from 'node:timers/promises';
import { type CallProduct, callerFor } from '../../call-product.ts';

/** Of these the last is known to Nacos only. */
export const SERVICES = ['pay', 'user', 'mail'];
export const OF_NACOS = 'mail';
export const VERSIONS = ['1.0.0', '2.0.0'];
const TENANT_COUNT = 50;

/** Every replica knows an instance of each service. */
export async function untilRouted(urls: readonly string[], routeKey: string, tenantId: string): Promise<void> {
  const until = Date.now() + 60_000;
  for (const url of urls) {
    for (const serviceName of SERVICES) {
      const ask = () => callerFor(url, routeKey)('POST', '/api/grey-router/route', { tenantId, serviceName });
      while (!(await ask().then(isDone, isNotDone))) {
        if (Date.now() > until) throw new Error(`${url} knows no instance of ${serviceName}`);
        await sleep(100);
      }
    }
  }
}

export const isDone = (): boolean => true;
export const isNotDone = (): boolean => false;

export async function makeKeys(admin: CallProduct): Promise<{ routeKey: string; registryKey: string }> {
  const make = async (scope: string) =>
    (await admin<{ key: string }>('POST', '/api/api-keys', { name: scope, scopes: [scope] })).key;
  return { routeKey: await make('route'), registryKey: await make('registry') };
}

/** @returns ids of the tenants, each with an assignment at each service */
export async function makeWorld(admin: CallProduct): Promise<readonly string[]> {
  for (const id of SERVICES) {
    await admin('POST', '/api/services', { id });
    for (const version of VERSIONS) await admin('POST', `/api/services/${id}/versions`, { version });
  }
  const tenantIds = Array.from({ length: TENANT_COUNT }, (_, i) => `tenant-${i}`);
  for (const id of tenantIds) {
    await admin('POST', '/api/tenants', { id, name: id });
    for (const serviceId of SERVICES)
      await admin('PUT', `/api/tenants/${id}/services/${serviceId}`, { targetVersion: VERSIONS[0] });
  }
  return tenantIds;
}
