import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '@grey/testkit';
import pg from 'pg';
import { type Figure, median } from './figure.ts';
import { PinnedScript } from './pinned-script.ts';
import { printFigures } from './print-figures.ts';
import type { Turn } from './schema-upgrades/contender.ts';
import { MIGRATIONS } from './schema-upgrades/migrations.ts';
import { RivalProcess } from './schema-upgrades/rival-process.ts';

/**
 * Five migrations on each of 500 tenant schemas of one durable PostgreSQL, five tenants at a time: the runner; the same by hand
 * with `pg`, on connections that are kept, each migration in a transaction with its row of a ledger and each tenant under a
 * session lock; and Flyway's and Liquibase's Java APIs, both in one warm JVM with a pool of connections and five threads. Every
 * contender has 500 schemas of its own, and they take turns; what counts is migrations that stand with their ledger row.
 */
const ROUNDS = 5;
const TENANTS_A_ROUND = 100;
/** The quick two change over more often: what else the machine does changes within a second. */
const TURNS_A_ROUND = 4;
const AT_ONCE = 5;

const NODE = ['ours', 'plain'] as const;
/** Flyway also with one thread, as it is mostly run: it takes no more tenants than that one's share of the time allows. */
const JVM = {
  flyway: { rival: 'flyway', threads: AT_ONCE, tenants: TENANTS_A_ROUND },
  flyway_alone: { rival: 'flyway', threads: 1, tenants: TENANTS_A_ROUND / AT_ONCE },
  liquibase: { rival: 'liquibase', threads: AT_ONCE, tenants: TENANTS_A_ROUND },
} as const;
type Name = (typeof NODE)[number] | keyof typeof JVM;
/** Migrations a second, and what the runner's process holds, in bytes. */
type Round = Partial<Record<Name, number>> & { readonly rss: number };

const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-bench-upgrades-'));
const server = await startPostgres({ dataDir: path.join(folder, 'data') });
const pool = new pg.Pool({ connectionString: server.url(), max: 1 });
pool.on('error', () => undefined);
let schemaCount = 0;

async function makeSchemas(name: Name, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, () => `${name}_${schemaCount++}`);
  await pool.query(names.map((one) => `CREATE SCHEMA ${one}`).join('; '));
  return names;
}

async function takeNodeTurns(scripts: Readonly<Record<(typeof NODE)[number], PinnedScript>>): Promise<Round> {
  const seconds = { ours: 0, plain: 0 };
  let rss = 0;
  for (let turn = 0; turn < TURNS_A_ROUND; turn++) {
    for (const name of NODE) {
      const schemas = await makeSchemas(name, TENANTS_A_ROUND / TURNS_A_ROUND);
      const took = await scripts[name].ask<string[], Turn>(schemas);
      seconds[name] += took.seconds;
      if (name === 'ours') rss = took.rssBytes;
    }
  }
  return { ours: rateOf(seconds.ours), plain: rateOf(seconds.plain), rss };
}

async function takeJvmTurns(rivals: RivalProcess): Promise<Partial<Record<Name, number>>> {
  const rates: Partial<Record<Name, number>> = {};
  for (const name of Object.keys(JVM) as (keyof typeof JVM)[]) {
    const { rival, threads, tenants } = JVM[name];
    rates[name] = rateOf(await rivals.upgrade(rival, threads, await makeSchemas(name, tenants)), tenants);
  }
  return rates;
}

function rateOf(seconds: number, tenants = TENANTS_A_ROUND): number {
  return (tenants * MIGRATIONS.length) / seconds;
}

async function runRounds(): Promise<Round[]> {
  const [ours, plain] = NODE.map((name) => new PinnedScript(null, 'schema-upgrades/contender.ts', name, server.url()));
  if (ours === undefined || plain === undefined) throw new TypeError('two contenders');
  const rivals = RivalProcess.start(server.url());
  if (typeof rivals === 'string') process.stderr.write(`Flyway and Liquibase were not compared: ${rivals}\n`);
  try {
    await Promise.all([ours.receive(), plain.receive()]);
    const rounds: Round[] = [];
    // One round to warm up, and as many as count.
    for (let round = 0; round <= ROUNDS; round++) {
      const rates = await takeNodeTurns({ ours, plain });
      rounds.push({ ...rates, ...(typeof rivals === 'string' ? {} : await takeJvmTurns(rivals)) });
    }
    return rounds;
  } finally {
    ours.stop();
    plain.stop();
    if (typeof rivals !== 'string') await rivals.stop();
  }
}

function against(rounds: readonly Round[], rival: Name, title: string, limit: number): Figure[] {
  const compared = rounds.filter((round) => round[rival] !== undefined);
  if (compared.length === 0) return [];
  return [
    {
      name: `schema upgrades against ${title}`,
      value: median(compared.map((round) => round.ours ?? 0)),
      unit: '/s',
      ratio: median(compared.map((round) => (round.ours ?? 0) / (round[rival] ?? Number.NaN))),
      budget: { of: 'ratio', bound: 'at least', limit },
    },
  ];
}

try {
  const [warm, ...rounds] = await runRounds();
  printFigures([
    ...against(rounds, 'plain', 'plain pg', 0.7),
    ...against(rounds, 'flyway', 'Flyway', 6),
    ...against(rounds, 'flyway_alone', 'Flyway with one thread', 6),
    ...against(rounds, 'liquibase', 'Liquibase', 4),
    {
      name: 'what the runner holds after 500 tenants, above after 100',
      value: ((rounds.at(-1)?.rss ?? Number.NaN) - (warm?.rss ?? Number.NaN)) / 1_000_000,
      unit: 'MB',
      ratio: null,
      budget: { of: 'value', bound: 'at most', limit: 16 },
    },
  ]);
} finally {
  await pool.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
