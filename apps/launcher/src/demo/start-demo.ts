import { setTimeout as sleep } from 'node:timers/promises';
import type { Announcement } from '../announce.ts';
import { logFolder, ownProgram, pathForPeople } from '../locations.ts';
import { type Child, startChild } from '../start-child.ts';
import { ApiClient } from './api-client.ts';
import { demoServices, demoTenantSchemas, demoTenants, shownTenantId } from './catalogue.ts';
import { createDemoKeys, type DemoRecord, findDemoRecord, keepDemoRecord, logInAsFirstAdmin } from './demo-keys.ts';
import type { InstanceOptions } from './instance.ts';
import { seedDemo } from './seed-demo.ts';
import { followServer } from './seed-migrations.ts';
import { createTenantSchemas, type TenantServer } from './tenant-server.ts';
import type { TrafficOptions } from './traffic.ts';

const REGIONS = ['eu-west', 'us-east'] as const;
const ROUTED_WITHIN_MS = 20_000;
// Each is a program of a hundred lines; without bounds sixteen of them would reserve more memory than they use.
const SMALL_HEAP = ['--max-old-space-size=48', '--max-semi-space-size=1'];

/** The replicas of the API that the demo talks to. */
export interface DemoReplicas {
  /** Base URL of each; the first is the one that is set up. */
  readonly urls: readonly string[];
  /** Whether what one replica knows of instances is known to all. */
  readonly isDiscoveryShared: boolean;
  /** Where the demo's tenants have their schemas. */
  readonly tenantServer: TenantServer;
}

/**
 * Creates the demo's data on the first start, then starts the fleet and the traffic.
 *
 * @param addChild called with every process at once, so that it is stopped whatever happens next
 * @returns what to announce, or undefined when nobody can log in to create the data and its keys any more
 */
export async function startDemo(
  replicas: DemoReplicas,
  signal: AbortSignal,
  addChild: (child: Child) => void,
): Promise<Announcement['demo']> {
  const { urls } = replicas;
  const record = await prepare(urls[0] as string, replicas.tenantServer);
  if (record === undefined || signal.aborted) return undefined;
  const instances = listInstances(replicas, record.registryKey);
  for (const options of instances) addChild(startWorker('demo/instance.js', options.instanceId, options));
  const traffic: TrafficOptions = { apiUrls: urls, routeKey: record.routeKey };
  addChild(startWorker('demo/traffic.js', 'traffic', traffic));
  await waitUntilRouted(urls, record.routeKey, signal);
  const versionCount = demoServices.reduce((sum, service) => sum + service.versions.length, 0);
  return {
    summary: `${demoServices.length} services in ${versionCount} versions, ${instances.length} live instances, ${demoTenants.length} tenants, ${demoTenantSchemas.length} of them with a schema to upgrade, light traffic`,
    routeKey: record.routeKey,
    tenantId: shownTenantId,
  };
}

async function prepare(url: string, tenantServer: TenantServer): Promise<DemoRecord | undefined> {
  const found = await findDemoRecord(url);
  if (found?.isSeeded) return followMoved(found, url, tenantServer);
  const admin = await logInAsFirstAdmin(url);
  if (admin === undefined) return undefined;
  console.log('Creating the demo data …');
  const unfinished = found ?? { ...(await createDemoKeys(admin)), isSeeded: false };
  keepDemoRecord(unfinished);
  await createTenantSchemas(tenantServer, demoTenantSchemas);
  await seedDemo(admin, tenantServer);
  const record = { ...unfinished, isSeeded: true, tenantPort: tenantServer.port };
  keepDemoRecord(record);
  return record;
}

/** The embedded server keeps its port unless somebody else has taken it meanwhile. */
async function followMoved(record: DemoRecord, url: string, tenantServer: TenantServer): Promise<DemoRecord> {
  if (record.tenantPort === undefined || record.tenantPort === tenantServer.port) return record;
  const admin = await logInAsFirstAdmin(url);
  if (admin === undefined) {
    console.warn(
      `The demo's tenant databases are at port ${tenantServer.port} now, for ${record.tenantPort} is taken by another program; their data sources say the old one.`,
    );
    return record;
  }
  await followServer(admin, tenantServer);
  const moved = { ...record, tenantPort: tenantServer.port };
  keepDemoRecord(moved);
  return moved;
}

function listInstances(replicas: DemoReplicas, registryKey: string): InstanceOptions[] {
  return demoServices.flatMap((service) =>
    service.versions.flatMap(({ version, instanceCount }) =>
      Array.from({ length: instanceCount }, (_, index) => ({
        apiUrls: replicas.urls,
        isDiscoveryShared: replicas.isDiscoveryShared,
        registryKey,
        serviceId: service.id,
        instanceId: `${service.id}-${version}-${index + 1}`,
        version,
        region: REGIONS[index % REGIONS.length] as string,
      })),
    ),
  );
}

/** The options go over the channel and not into the arguments, which every user of the machine can read. */
function startWorker(program: string, name: string, options: InstanceOptions | TrafficOptions): Child {
  const child = startChild({ name: `demo-${name}`, program: ownProgram(program), nodeOptions: SMALL_HEAP });
  child.process.send(options, () => undefined);
  return child;
}

/**
 * Waits until every replica would answer the line that is about to be printed: the first with a live instance, the others
 * like the first, for they hear of the demo later.
 */
async function waitUntilRouted(urls: readonly string[], routeKey: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + ROUTED_WITHIN_MS;
  // Any other answer than 503 is final: an operator may have suspended that very tenant.
  let isSettled = (status: number) => status !== 503;
  for (const url of urls) {
    const client = new ApiClient(url, routeKey);
    let status = await askForShown(client);
    while (!isSettled(status) && !signal.aborted) {
      if (Date.now() > deadline) {
        console.warn(`${url} knows no instance of the demo yet; the logs are in ${pathForPeople(logFolder)}.`);
        return;
      }
      await sleep(100);
      status = await askForShown(client);
    }
    const settled = status;
    isSettled = (other) => other === settled;
  }
}

async function askForShown(client: ApiClient): Promise<number> {
  const request = { tenantId: shownTenantId, serviceName: 'payment-service' };
  return (await client.call('POST', '/api/grey-router/route', request)).status;
}
