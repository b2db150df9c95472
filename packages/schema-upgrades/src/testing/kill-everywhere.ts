import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { DataSourceAddress, Migration } from '../migration.ts';
import type { RunOutcome, RunResult } from '../runner/run-request.ts';
import { type ChildOrder, tenantOf } from './child-order.ts';
import { dump, run } from './run.ts';

const CHILD = fileURLToPath(new URL('./run-child.ts', import.meta.url));
/** Started at a time: each child computes for a moment until it is ready to be killed. */
const AT_ONCE = 3;
/** Long enough for what was sent to be under way, and short enough for it not to be over. */
const DURING_MS = 8;
const RESUMED_WITHIN_MS = 30_000;

interface Moment {
  readonly killAt: number;
  readonly afterMs: number;
}

export interface Killing {
  readonly migrations: readonly Migration[];
  /** How a run ends that nobody disturbs, and so every one that is gone on with. */
  readonly outcome: RunOutcome;
  makeTenant(name: string): Promise<DataSourceAddress>;
  /** Names of the tenants begin with it. */
  readonly prefix: string;
  /** Leaves out moments before this event; default none. */
  readonly since?: string;
  /** Takes only every so many moments; default 1, all. */
  readonly every?: number;
  /** Looks at the rows, where the catalogue does not tell. */
  readonly checkRows?: (tenant: string, where: string) => Promise<void>;
}

/**
 * Kills a runner at every moment that matters, a tenant for each, goes on, and compares the catalogue with that of a run which
 * nobody disturbed.
 */
export async function killEverywhere(killing: Killing): Promise<void> {
  const { events, reference } = await rehearse(killing);
  const first = killing.since === undefined ? 0 : events.indexOf(killing.since);
  const moments = listMoments(events, first).filter((_moment, index) => index % (killing.every ?? 1) === 0);
  const queue = [...moments.entries()];
  const cache = mkdtempSync(path.join(tmpdir(), 'grey-kill-'));
  try {
    // Killed processes leave no compiled code behind for the next; this one does, and saves each of them most of its start.
    await runChild({ address: await killing.makeTenant(`${killing.prefix}_warm`), ...NEVER }, cache);
    await forEachMoment(killing, { events, reference, queue, cache });
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

const NEVER = { migrations: [], runId: 'run-0', killAt: -1, afterMs: 0 };

interface Course {
  readonly events: readonly string[];
  readonly reference: string;
  readonly queue: [number, Moment][];
  readonly cache: string;
}

async function forEachMoment(killing: Killing, { events, reference, queue, cache }: Course): Promise<void> {
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, moment] = next;
      const where = `killed ${moment.afterMs} ms after event ${moment.killAt} (${events[moment.killAt]})`;
      const tenant = `${killing.prefix}_${index}`;
      const address = await killing.makeTenant(tenant);
      await killAt(address, killing.migrations, moment, cache);
      const startedAt = performance.now();
      const result = await runListening(killing, address);
      expect(result, `${where}: ${result.sentence}`).toMatchObject({ outcome: killing.outcome });
      expect(performance.now() - startedAt, where).toBeLessThan(RESUMED_WITHIN_MS);
      expect(await dump(address), where).toBe(reference);
      await killing.checkRows?.(tenant, where);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Runs it undisturbed, to learn what there is to disturb and what must come out. */
async function rehearse(killing: Killing): Promise<{ events: string[]; reference: string }> {
  const address = await killing.makeTenant(`${killing.prefix}_reference`);
  const before = await dump(address);
  const events: string[] = [];
  const result = await runListening(killing, address, events);
  expect(result).toMatchObject({ outcome: killing.outcome });
  const reference = await dump(address);
  if (killing.outcome === 'taken-back') expect(reference).toBe(before);
  else expect(reference).not.toBe(before);
  return { events, reference };
}

/**
 * Before each statement, a while after it has begun, and after the last of each migration, which is before its commit or
 * after it. What comes after another statement is what comes before the next.
 */
function listMoments(events: readonly string[], first: number): Moment[] {
  return events.flatMap((event, killAt) => {
    if (killAt < first || event === 'waiting-for-lock') return [];
    const atOnce = { killAt, afterMs: 0 };
    if (event.startsWith('statement-started')) return [atOnce, { killAt, afterMs: DURING_MS }];
    const isBeforeNext = event.startsWith('statement-finished') && events[killAt + 1]?.startsWith('statement-started');
    return isBeforeNext ? [] : [atOnce];
  });
}

/** A while after the very last event the child may have come to its end, which is a moment too. */
async function killAt(
  address: DataSourceAddress,
  migrations: readonly Migration[],
  moment: Moment,
  cache: string,
): Promise<void> {
  const end = await runChild({ address, migrations, runId: 'run-1', ...moment }, cache);
  if (moment.afterMs === 0 || end !== 0) expect(end).toBe('SIGKILL');
}

/** @returns the signal it died of, else the code it ended with */
async function runChild(order: ChildOrder, cache: string): Promise<string | number> {
  const env = { ...process.env, NODE_COMPILE_CACHE: cache };
  const child = spawn(process.execPath, [CHILD], { stdio: ['pipe', 'ignore', 'inherit'], env });
  child.stdin.end(JSON.stringify(order));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal ?? code ?? -1;
}

async function runListening(killing: Killing, address: DataSourceAddress, events: string[] = []): Promise<RunResult> {
  return run(address, killing.migrations, {
    tenantId: tenantOf(address),
    onProgress: (event) => events.push('migration' in event ? `${event.kind} ${event.migration}` : event.kind),
  });
}
