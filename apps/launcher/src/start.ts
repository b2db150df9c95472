import path from 'node:path';
import { type RunningPostgres, startPostgres } from '@grey/testkit';
import { announce } from './announce.ts';
import { choosePort } from './choose-port.ts';
import { startDemo } from './demo/start-demo.ts';
import { dataFolder, logFolder, pathForPeople } from './locations.ts';
import { clearLeftovers, removeRunRecord, writeRunRecord } from './run-record.ts';
import { startApi, waitUntilReady } from './start-api.ts';
import type { Child } from './start-child.ts';

const DEMO_NOT_POSSIBLE =
  'The demo is left out: its API keys are gone and the first password has been changed; start with `-- --no-demo`, or delete .grey to begin anew.';

export interface StartOptions {
  /** Whether the demo fleet is started beside an embedded database. */
  readonly isDemoWanted: boolean;
}

/**
 * Starts every part, says where it is, and stays until it is told to stop or a part ends by itself.
 *
 * @returns the exit code: 0 after an orderly stop, 1 when the API ended by itself
 * @throws Error in words for the person at the terminal when a part cannot be started
 */
export async function start(options: StartOptions, signal: AbortSignal): Promise<number> {
  const stops: (() => Promise<unknown>)[] = [];
  try {
    if ((await clearLeftovers()) > 0) console.log('Ended what a killed run had left behind.');
    const host = process.env.GREY_HOST || '127.0.0.1';
    const port = await choosePort(host);
    const url = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`;
    writeRunRecord(url, []);
    stops.push(async () => removeRunRecord());

    const givenDatabase = process.env.GREY_DATABASE_URL;
    const hasDemo = options.isDemoWanted && !givenDatabase;
    const databaseUrl = givenDatabase || (await startEmbeddedDatabase(stops));
    if (signal.aborted) return 0;
    const api = startApi({ databaseUrl, host, port, hasDemo });
    stops.push(() => api.stop());
    writeRunRecord(url, [api.pid]);
    await waitUntilReady(api, url, signal);
    if (signal.aborted) return 0;

    const fleet: Child[] = [];
    stops.push(() => Promise.all(fleet.map((child) => child.stop())));
    const addToFleet = (child: Child) => {
      fleet.push(child);
      writeRunRecord(url, [api.pid, ...fleet.map((one) => one.pid)]);
    };
    const demo = hasDemo ? await startDemo(url, signal, addToFleet) : undefined;
    if (signal.aborted) return 0;
    if (hasDemo && demo === undefined) console.log(DEMO_NOT_POSSIBLE);
    announce({ url, demo });
    await Promise.race([api.ended, aborted(signal)]);
    if (signal.aborted) return 0;
    console.error(`${api.lastWords()}\nThe API ended by itself; its log is in ${pathForPeople(logFolder)}.`);
    return 1;
  } finally {
    if (signal.aborted) console.log('\nStopping …');
    for (const stop of stops.reverse()) await stop();
    if (signal.aborted) console.log('Stopped.');
  }
}

async function startEmbeddedDatabase(stops: (() => Promise<unknown>)[]): Promise<string> {
  const server: RunningPostgres = await startPostgres({ dataDir: path.join(dataFolder, 'postgres') });
  stops.push(() => server.stop());
  if (server.isReused) console.log('Took over the PostgreSQL that a killed run had left behind.');
  await server.ensureDatabase('grey');
  return server.url('grey');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
