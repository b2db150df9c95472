import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dataFolder } from '../locations.ts';
import { readPrivateJson, writePrivateJson } from '../private-file.ts';
import { ApiClient } from './api-client.ts';

/** What the demo remembers between starts, in `.grey/demo.json`. */
export interface DemoRecord {
  /** API key of the fleet, scope `registry`. */
  readonly registryKey: string;
  /** API key of the traffic and of the printed curl line, scope `route`. */
  readonly routeKey: string;
  /** True once everything has been created: from then on the configuration is the operator's. */
  readonly isSeeded: boolean;
  /** Port that the data sources of its tenants name; undefined: it was created before tenants had schemas. */
  readonly tenantPort?: number;
}

const file = path.join(dataFolder, 'demo.json');
const passwordFile = path.join(dataFolder, 'admin-password');

/** Returns the record of an earlier start as long as this database still honours both its keys. */
export async function findDemoRecord(url: string): Promise<DemoRecord | undefined> {
  const record = readPrivateJson<DemoRecord>(file);
  if (record === undefined) return undefined;
  for (const key of [record.registryKey, record.routeKey]) {
    const { status } = await new ApiClient(url, key).call('GET', '/api/auth/me');
    if (status === 401) return undefined;
  }
  return record;
}

export function keepDemoRecord(record: DemoRecord): void {
  writePrivateJson(file, record);
}

/**
 * Logs in as the first administrator, with the first password, which the API wrote down.
 *
 * @returns undefined when that password is no longer good, as it should be soon after the first start
 */
export async function logInAsFirstAdmin(url: string): Promise<ApiClient | undefined> {
  let password: string;
  try {
    password = readFileSync(passwordFile, 'utf8').trim();
  } catch {
    return undefined;
  }
  const answer = await new ApiClient(url).call('POST', '/api/auth/login', { username: 'admin', password });
  if (answer.status !== 200) return undefined;
  return new ApiClient(url, (answer.body as { accessToken: string }).accessToken);
}

/** Creates the two keys of the demo, each with no more than it needs. */
export async function createDemoKeys(admin: ApiClient): Promise<Pick<DemoRecord, 'registryKey' | 'routeKey'>> {
  const create = async (name: string, scope: 'registry' | 'route') => {
    const { body } = await admin.expect('POST', '/api/api-keys', { name, scopes: [scope] });
    return (body as { key: string }).key;
  };
  return {
    registryKey: await create('Demo fleet', 'registry'),
    routeKey: await create('Demo traffic', 'route'),
  };
}
