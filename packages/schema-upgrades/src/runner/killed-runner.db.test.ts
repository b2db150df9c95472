import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { postgresDatabase } from '../databases/postgres/postgres-database.ts';
import type { DataSourceAddress, Migration } from '../migration.ts';
import { BROKEN_SET, PREFERENCES_SET } from '../testing/preferences-set.ts';
import type { ChildOrder } from '../testing/run-child.ts';
import { useTenantServer } from '../testing/tenant-server.ts';
import { runMigrations } from './run-migrations.ts';
import type { RunResult } from './run-request.ts';

const server = useTenantServer();
const CHILD = fileURLToPath(new URL('../testing/run-child.ts', import.meta.url));
/** Started at a time: each child computes for a moment until it is ready to be killed. */
const AT_ONCE = 3;
/** Long enough for what was sent to be under way, and short enough for it not to be over. */
const DURING_MS = 8;

interface Moment {
  readonly killAt: number;
  readonly afterMs: number;
}

test('a runner killed before, during or after any statement goes on to exactly the new schema', async () => {
  const { events, after } = await rehearse('up_reference', PREFERENCES_SET);
  expect(after).not.toBe('');
  const moments = listMoments(events);
  await forEach(moments, async (moment, index) => {
    const address = await server.makeTenant(`up_${index}`);
    expect(await killAt(address, PREFERENCES_SET, moment)).toBe('SIGKILL');
    const startedAt = performance.now();
    const result = await resume(address, PREFERENCES_SET);
    const where = `killed ${moment.afterMs} ms after event ${moment.killAt} (${events[moment.killAt]})`;
    expect(result, where).toMatchObject({ outcome: 'done' });
    expect(performance.now() - startedAt, where).toBeLessThan(30_000);
    expect(await dump(address), where).toBe(after);
    const done = await server.query(`SELECT name, n FROM up_${index}.done ORDER BY name DESC`);
    expect(done, where).toEqual([
      { name: 'before', n: 2 },
      { name: 'after', n: 2 },
    ]);
  });
});

test('a runner killed on the way back of a set that fails ends at exactly the old schema', async () => {
  const { events, after } = await rehearse('back_reference', BROKEN_SET);
  expect(after).toBe('');
  const moments = listMoments(events).filter((moment) => isOnTheWayBack(events, moment));
  await forEach(moments, async (moment, index) => {
    const address = await server.makeTenant(`back_${index}`);
    expect(await killAt(address, BROKEN_SET, moment)).toBe('SIGKILL');
    const where = `killed ${moment.afterMs} ms after event ${moment.killAt} (${events[moment.killAt]})`;
    expect(await resume(address, BROKEN_SET), where).toMatchObject({ outcome: 'taken-back' });
    expect(await dump(address), where).toBe('');
  });
});

/** Runs it undisturbed, to learn what there is to disturb and what must come out. */
async function rehearse(
  schema: string,
  migrations: readonly Migration[],
): Promise<{ events: string[]; after: string }> {
  const address = await server.makeTenant(schema);
  const events: string[] = [];
  await runMigrations({
    ...requestOf(address, migrations),
    onProgress: (event) => events.push('migration' in event ? `${event.kind} ${event.migration}` : event.kind),
  });
  return { events, after: await dump(address) };
}

/**
 * Before each statement, a while after it has begun, and after the last of each migration, which is before its commit or
 * after it. What comes after another statement is what comes before the next.
 */
function listMoments(events: readonly string[]): Moment[] {
  return events.flatMap((event, killAt) => {
    if (event.startsWith('statement-started')) {
      return [
        { killAt, afterMs: 0 },
        { killAt, afterMs: DURING_MS },
      ];
    }
    const isBeforeNext = event.startsWith('statement-finished') && events[killAt + 1]?.startsWith('statement-started');
    return isBeforeNext || event === 'waiting-for-lock' ? [] : [{ killAt, afterMs: 0 }];
  });
}

function isOnTheWayBack(events: readonly string[], moment: Moment): boolean {
  return moment.killAt >= events.indexOf('taking-back');
}

/** @returns the signal the child died of; null when it came to its end before */
async function killAt(
  address: DataSourceAddress,
  migrations: readonly Migration[],
  moment: Moment,
): Promise<string | null> {
  const order: ChildOrder = { address, migrations, runId: 'run-1', ...moment };
  const child = spawn(process.execPath, [CHILD], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(JSON.stringify(order));
  const [, signal] = await once(child, 'exit');
  return signal as string | null;
}

async function resume(address: DataSourceAddress, migrations: readonly Migration[]): Promise<RunResult> {
  return runMigrations(requestOf(address, migrations));
}

function requestOf(address: DataSourceAddress, migrations: readonly Migration[]) {
  return {
    database: postgresDatabase(address),
    tenantId: address.schema ?? '',
    serviceId: 'payment',
    migrations,
    direction: 'up' as const,
    runId: 'run-1',
    by: 'a test',
  };
}

async function forEach<Item>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function dump(address: DataSourceAddress): Promise<string> {
  const session = await postgresDatabase(address).openSession();
  try {
    return (await session.dumpCatalogue()).text;
  } finally {
    await session.close();
  }
}
