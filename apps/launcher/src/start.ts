import path from 'node:path';
import { pickFreePort, type RunningPostgres, startPostgres } from '@grey/testkit';
import { announcementOf } from './announce.ts';
import { choosePorts } from './choose-ports.ts';
import { startDemo } from './demo/start-demo.ts';
import { tenantServerOn } from './demo/tenant-server.ts';
import { dataFolder, logFolder, pathForPeople } from './locations.ts';
import type { StartOptions } from './parse-arguments.ts';
import { readPrivateJson, writePrivateJson } from './private-file.ts';
import { clearLeftovers, openRunRecord, type Part } from './run-record.ts';
import { startApi, waitUntilReady } from './start-api.ts';
import type { Child } from './start-child.ts';
import { openRedis } from './start-redis.ts';
import { startReplicas, watchReplicas } from './start-replicas.ts';

const DEMO_NOT_POSSIBLE =
  'The demo is left out: its API keys are gone and the first password has been changed; start with `-- --no-demo`, or delete .grey to begin anew.';

const portFile = path.join(dataFolder, 'postgres-port.json');

type Stops = (() => Promise<unknown>)[];

/**
 * Starts every part, says where it is, and stays until it is told to stop or the last replica of the API ends by itself.
 *
 * @returns the exit code: 0 after an orderly stop, 1 when the API ended by itself
 * @throws Error in words for the person at the terminal when a part cannot be started
 */
export async function start(options: StartOptions, signal: AbortSignal): Promise<number> {
  const stops: Stops = [];
  try {
    return await startParts(options, signal, stops);
  } finally {
    if (signal.aborted) console.log('\nStopping …');
    for (const stop of stops.reverse()) await stop();
    if (signal.aborted) console.log('Stopped.');
  }
}

async function startParts(
  { isDemoWanted, replicaCount }: StartOptions,
  signal: AbortSignal,
  stops: Stops,
): Promise<number> {
  if ((await clearLeftovers()) > 0) console.log('Ended what a killed run had left behind.');
  const host = process.env.GREY_HOST || '127.0.0.1';
  const ports = await choosePorts(host, replicaCount);
  const urls = ports.map((port) => `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`);
  const record = openRunRecord(urls[0] as string);
  stops.push(async () => record.remove());

  const givenDatabase = process.env.GREY_DATABASE_URL;
  const hasDemo = isDemoWanted && !givenDatabase;
  const embedded = givenDatabase ? undefined : await startEmbeddedDatabase(stops);
  const databaseUrl = givenDatabase || (embedded as RunningPostgres).url('grey');
  const redis = await openRedis(replicaCount);
  stops.push(() => redis.stop());
  if (redis.part !== undefined) record.add(redis.part);
  if (signal.aborted) return 0;

  const addChild = addChildrenTo(stops, record.add);
  const replicas = await startReplicas(
    urls,
    (number) => {
      const port = ports[number - 1] as number;
      return addChild(startApi({ databaseUrl, redisUrl: redis.url, host, port, hasDemo, number }));
    },
    (child, url) => waitUntilReady(child, url, signal),
  );
  if (signal.aborted) return 0;

  const addToFleet = addChildrenTo(stops, record.add);
  const isDiscoveryShared = replicaCount === 1 || redis.url !== undefined;
  const tenantServer = hasDemo && embedded !== undefined ? tenantServerOn(embedded) : undefined;
  const demo = tenantServer && (await startDemo({ urls, isDiscoveryShared, tenantServer }, signal, addToFleet));
  if (signal.aborted) return 0;
  if (hasDemo && demo === undefined) console.log(DEMO_NOT_POSSIBLE);
  console.log(announcementOf({ urls, redis: redis.summary, demo }));
  const last = await Promise.race([watchReplicas(replicas, signal, console.error), aborted(signal)]);
  if (signal.aborted || last === undefined) return 0;
  console.error(`${last.child.lastWords()}\nThe API ended by itself; its log is in ${pathForPeople(logFolder)}.`);
  return 1;
}

/** Children that are stopped together, each recorded as soon as it runs. */
function addChildrenTo(stops: Stops, record: (part: Part) => void): (child: Child) => Child {
  const children: Child[] = [];
  stops.push(() => Promise.all(children.map((child) => child.stop())));
  return (child) => {
    children.push(child);
    record({ pid: child.pid });
    return child;
  };
}

/** On the port of the last run where that is free: data sources of the demo name it. */
async function startEmbeddedDatabase(stops: Stops): Promise<RunningPostgres> {
  const last = readPrivateJson<{ port: number }>(portFile)?.port;
  const port = await pickFreePort(last === undefined ? [] : [last]);
  const server: RunningPostgres = await startPostgres({ dataDir: path.join(dataFolder, 'postgres'), port });
  stops.push(() => server.stop());
  if (server.isReused) console.log('Took over the PostgreSQL that a killed run had left behind.');
  if (server.port !== last) writePrivateJson(portFile, { port: server.port });
  await server.ensureDatabase('grey');
  return server;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
