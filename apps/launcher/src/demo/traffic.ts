/** Light traffic as an application would make it: ask the router, then call the instance it named. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from './api-client.ts';
import { demoServices, demoTenantSchemas, demoTenants, migratedService } from './catalogue.ts';
import { makeDemoRequest } from './routing-catalogue.ts';

export interface TrafficOptions {
  /** Replicas of the API, asked in turn. */
  readonly apiUrls: readonly string[];
  readonly routeKey: string;
}

const PAUSE_MS = 250;
const USER_COUNT = 500;
const REPORT_EVERY = 240;
/** Of the requests, those of tenants that can be upgraded for what they are upgraded for: a soak has something to look at. */
const UPGRADABLE_SHARE = 0.5;

process.once('message', (options: TrafficOptions) => run(options));
process.once('SIGTERM', () => process.exit(0));

async function run({ apiUrls, routeKey }: TrafficOptions): Promise<void> {
  const clients = apiUrls.map((url) => new ApiClient(url, routeKey));
  const tenants = demoTenants.filter((tenant) => tenant.status === 'active');
  const outcomes = new Map<string, number>();
  for (let count = 1; ; count += 1) {
    const client = clients[count % clients.length] as ApiClient;
    const [tenantId, serviceId] =
      Math.random() < UPGRADABLE_SHARE
        ? [pickOne(demoTenantSchemas).tenantId, migratedService.serviceId]
        : [pickOne(tenants).id, pickOne(demoServices).id];
    const outcome = await askAndCall(client, tenantId, serviceId).catch(String);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (count % REPORT_EVERY === 0) {
      console.log(new Date().toISOString(), Object.fromEntries(outcomes));
      outcomes.clear();
    }
    await sleep(PAUSE_MS);
  }
}

async function askAndCall(client: ApiClient, tenantId: string, serviceName: string): Promise<string> {
  const userId = `user-${Math.floor(Math.random() * USER_COUNT)}`;
  const request = { tenantId, serviceName, requestMetadata: makeDemoRequest(userId, Math.random) };
  const answer = await client.call('POST', '/api/grey-router/route', request);
  if (answer.status !== 200) return (answer.body as { code?: string } | undefined)?.code ?? String(answer.status);
  const { instance } = answer.body as { instance: string };
  const response = await fetch(`http://${instance}/`, {
    headers: { 'x-tenant-id': tenantId },
    signal: AbortSignal.timeout(5_000),
  });
  await response.arrayBuffer();
  return 'answered';
}

function pickOne<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)] as T;
}
