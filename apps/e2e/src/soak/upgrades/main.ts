import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '@grey/testkit';
import { startReplicas } from '../../bench/start-replicas.ts';
import { callerFor } from '../../call-product.ts';
import { TenantsDatabase } from './tenants-database.ts';

/**
 * `pnpm soak -- upgrades`: the schemas of 200 tenants are upgraded by two replicas that are killed (SIGKILL) again and again.
 * Every fourth has a set that fails, every seventh is aborted before contract. In the end each catalogue must be the old or
 * the new one, as its upgrade says, and no change of rows may have been made twice.
 */
const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    tenants: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    minutes: { type: 'string', default: '30' },
  },
});
const TELL_MS = 15_000;
const SLEEP = '-- grey: phase migrate\nSELECT pg_sleep(random() / 2);\n';
const files = (...named: [path: string, text: string][]) => named.map(([path, text]) => ({ path, text }));
const WHOLE = files(
  ['0001_notes.up.sql', 'CREATE TABLE notes (id int PRIMARY KEY);\nCREATE TABLE done (what text);'],
  ['0001_notes.down.sql', 'DROP TABLE done;\nDROP TABLE notes;'],
  ['0002_index.up.sql', '-- grey: no-transaction\nCREATE INDEX CONCURRENTLY by_old ON orders (old);'],
  ['0002_index.down.sql', 'DROP INDEX CONCURRENTLY by_old;'],
  ['0003_rows.up.sql', `${SLEEP}INSERT INTO done VALUES ('rows');\nSELECT pg_sleep(random() / 2);`],
  ['0003_rows.down.sql', "DELETE FROM done WHERE what = 'rows';"],
  [
    '0004_old.up.sql',
    '-- grey: phase contract\n-- grey: accept DATA_LOSS it is the soak\nALTER TABLE orders DROP COLUMN old;',
  ],
  ['0004_old.down.sql', 'ALTER TABLE orders ADD COLUMN old text;'],
);
const BROKEN = files(
  ['0001_notes.up.sql', 'CREATE TABLE notes (id int PRIMARY KEY);'],
  ['0001_notes.down.sql', 'DROP TABLE notes;'],
  ['0002_broken.up.sql', `${SLEEP}INSERT INTO absent VALUES (1);`],
  ['0002_broken.down.sql', 'SELECT 1;'],
);

interface Listed {
  readonly id: string;
  readonly tenantId: string;
  readonly state: string;
  readonly step: string | null;
  readonly awaits: string | null;
  readonly failure: { readonly message: string } | null;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const random = seededRandom(Number(values.seed));
const count = Number(values.tenants);
const startedAt = performance.now();
const product = await startReplicas(2, {
  GREY_MASTER_KEY: `soak:${'03'.repeat(32)}`,
  GREY_DATA_SOURCE_ALLOW: '127.0.0.1',
});
const tenants = await TenantsDatabase.make(product.postgres.url);
const down = new Set<number>();
let isOver = false;
let kills = 0;
say(`soak upgrades: ${count} tenants, two replicas, seed ${values.seed}`);

/** Asks whichever replica is up, until one answers; an answer that says no counts as one. */
async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  for (;;) {
    for (const [at, { url }] of product.apis.entries()) {
      if (down.has(at)) continue;
      try {
        return await callerFor(url, product.token)<T>(method, path, body);
      } catch (error) {
        if (error instanceof Error && 'status' in error && Number(error.status) < 500) throw error;
      }
    }
    await sleep(200);
  }
}

async function killOn(): Promise<void> {
  while (!isOver) {
    await sleep(2_000 + 6_000 * random());
    const at = random() < 0.5 ? 0 : 1;
    if (isOver) return;
    down.add(at);
    await product.apis[at]?.kill();
    kills += 1;
    await product.apis[at]?.restart();
    down.delete(at);
  }
}

const schemaOf = (at: number) => `t_${at}`;
const isBroken = (at: number) => at % 4 === 3;
const isAborted = (at: number) => at % 7 === 5 && !isBroken(at);
const faults: string[] = [];

async function setUp(): Promise<string> {
  for (const [id, set] of [
    ['whole', WHOLE],
    ['broken', BROKEN],
  ] as const) {
    await ask('POST', '/api/services', { id });
    await ask('POST', `/api/services/${id}/versions`, { version: 'v1', schemaMin: 0, schemaMax: 0 });
    await ask('POST', `/api/services/${id}/versions`, { version: 'v2', schemaMin: 1 });
    const body = { engine: 'postgres', files: set, schemaVersion: 1 };
    await ask('PUT', `/api/services/${id}/versions/v2/migrations`, body);
  }
  let old = '';
  for (let at = 0; at < count; at += 1) {
    const source = await tenants.add(schemaOf(at));
    const serviceId = isBroken(at) ? 'broken' : 'whole';
    await ask('POST', '/api/tenants', { id: `t-${at}`, name: `t-${at}` });
    await ask('POST', '/api/data-sources', { tenantId: `t-${at}`, serviceId, ...source });
    old = await tenants.dump(schemaOf(at));
  }
  return old;
}

async function listAll(): Promise<Listed[]> {
  const all: Listed[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await ask<{ items: Listed[]; nextCursor: string | null }>('GET', `/api/upgrades?limit=100${query}`);
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
}

/** Somebody said so already, or it has moved on: looked at again. */
const unlessRefused = (work: Promise<unknown>) => work.catch(() => undefined);

let toldAt = performance.now();

/** Now and then: how many are where, and what the oldest that waits says of itself. */
async function tell(all: readonly Listed[]): Promise<void> {
  if (performance.now() - toldAt < TELL_MS) return;
  toldAt = performance.now();
  const places = all.map(({ state, step, awaits }) =>
    ['done', 'failed', 'aborted', 'queued'].includes(state)
      ? state
      : `${state} at ${step}${awaits ? ` (${awaits})` : ''}`,
  );
  const counts = Map.groupBy(places, (place) => place);
  const parts = [...counts].map(([place, those]) => `${those.length} ${place}`);
  say(`${parts.join(', ')}; ${kills} kills`);
  const waiting = all.find(({ awaits }) => awaits === 'time');
  if (waiting === undefined) return;
  const { sentence } = await ask<{ sentence: string }>('GET', `/api/upgrades/${waiting.id}`);
  say(`  ${waiting.tenantId}: ${sentence}`);
}

async function goThrough(): Promise<Listed[]> {
  const until = Date.now() + Number(values.minutes) * 60_000;
  for (;;) {
    const all = await listAll();
    const open = all.filter(({ state }) => !['done', 'failed', 'aborted'].includes(state));
    const isStuck = open.some(({ state }) => state === 'needs_operator');
    if (open.length === 0 || isStuck) return all;
    if (Date.now() > until) {
      const { sentence } = await ask<{ sentence: string }>('GET', `/api/upgrades/${open[0]?.id}`);
      faults.push(`the time is over; ${open[0]?.tenantId}: ${sentence}`);
      return all;
    }
    await tell(all);
    for (const { id, tenantId, awaits } of open) {
      if (awaits !== 'confirmation') continue;
      const action = isAborted(Number(tenantId.slice(2))) ? 'cancel' : 'confirm';
      await unlessRefused(ask('POST', `/api/upgrades/${id}/${action}`, { reason: 'soak' }));
    }
    await sleep(500);
  }
}

try {
  const old = await setUp();
  for (let at = 0; at < count; at += 1) {
    const body = { serviceId: isBroken(at) ? 'broken' : 'whole', version: 'v2', options: { backup: 'never' } };
    await ask('POST', `/api/tenants/t-${at}/schema-upgrade`, body);
  }
  const killing = killOn();
  const ended = new Map((await goThrough()).map((one) => [one.tenantId, one]));
  isOver = true;
  await killing;
  let whole: string | undefined;
  for (let at = 0; at < count; at += 1) {
    const one = ended.get(`t-${at}`);
    const wanted = isBroken(at) ? 'failed' : isAborted(at) ? 'aborted' : 'done';
    if (one?.state !== wanted) {
      const where = `${one?.state} at ${one?.step}, awaiting ${one?.awaits}: ${one?.failure?.message ?? ''}`;
      faults.push(`t-${at} should be ${wanted} and is ${where}`);
      continue;
    }
    const dump = await tenants.dump(schemaOf(at));
    if (wanted === 'done') whole ??= dump;
    if (dump !== (wanted === 'done' ? whole : old)) faults.push(`t-${at}: the catalogue is neither old nor new`);
    if (wanted !== 'done') continue;
    const rows = await tenants.query(`SELECT what FROM ${schemaOf(at)}.done`);
    if (rows.length !== 1) faults.push(`t-${at}: a change of rows was made ${rows.length} times`);
  }
  if (whole === old || kills === 0) faults.push('nothing was put to the test');
} finally {
  isOver = true;
  await tenants.end().catch(() => undefined);
  await product.stop();
}
for (const fault of faults.slice(0, 20)) say(fault);
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
say(`soak upgrades: ${faults.length === 0 ? 'held' : 'FAILED'}, ${kills} kills, ${minutes} min, seed ${values.seed}`);
process.exit(faults.length === 0 ? 0 : 1);
