import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { KeptConnections, runMigrations, tenantDatabaseAt } from '@grey/schema-upgrades';
import { MIGRATIONS } from './migrations.ts';
import { PlainUpgrades } from './plain-upgrades.ts';

/**
 * One of the contenders that run on Node, in a process of its own: `node contender.ts ours|plain URL`. Each message is a list of
 * schemas, which it upgrades five at a time.
 */
const AT_ONCE = 5;

export interface Turn {
  readonly seconds: number;
  /** resident set after the turn, and after garbage was collected */
  readonly rssBytes: number;
}

interface Contender {
  upgrade(schema: string): Promise<void>;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const [kind = '', url = ''] = process.argv.slice(2);

function makeOurs(): Contender {
  const { hostname: host, port, pathname, username: user, password } = new URL(url);
  const server = { engine: 'postgres', host, port: Number(port), database: pathname.slice(1), user, password } as const;
  const kept = new KeptConnections();
  return {
    async upgrade(schema) {
      const { outcome, applied, sentence } = await runMigrations({
        database: tenantDatabaseAt({ ...server, schema, tls: 'off' }, { kept }),
        tenantId: schema,
        serviceId: 'orders',
        migrations: MIGRATIONS,
        direction: 'up',
        runId: `run-of-${schema}`,
        by: 'bench',
      });
      if (outcome !== 'done' || applied.length !== MIGRATIONS.length) throw new Error(sentence);
    },
  };
}

const contender = kind === 'ours' ? makeOurs() : new PlainUpgrades(url, AT_ONCE);

async function takeTurn(schemas: readonly string[]): Promise<Turn> {
  const queue = [...schemas];
  const startedAt = performance.now();
  const work = async () => {
    for (let schema = queue.pop(); schema !== undefined; schema = queue.pop()) await contender.upgrade(schema);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const seconds = (performance.now() - startedAt) / 1000;
  collect();
  return { seconds, rssBytes: process.memoryUsage.rss() };
}

process.on('message', (schemas: readonly string[]) => {
  takeTurn(schemas).then(
    (turn) => process.send?.(turn),
    (error: unknown) => {
      process.stderr.write(`${kind}: ${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.('ready');
