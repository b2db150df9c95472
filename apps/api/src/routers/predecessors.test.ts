import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RouterReport } from '@grey/propagation';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ProcessLock } from '../infra/files/process-lock.ts';
import { Predecessors } from './predecessors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'grey-predecessors-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function report(id: string): RouterReport {
  return { id, kind: 'api', region: null, host: 'h', startedAt: 0, position: null, digest: null, at: 1 };
}

function make(id: string, { bootId = 'b', fails = 0 } = {}) {
  const buried: string[] = [];
  const tries = { count: 0 };
  const predecessors = new Predecessors({
    folder,
    bootId,
    own: () => report(id),
    bury: async (routers) => {
      tries.count += 1;
      if (tries.count <= fails) throw new Error('away');
      buried.push(...routers.map((one) => one.id));
    },
  });
  return { predecessors, buried, tries };
}

/** What the kernel does for a process that dies: its lock is gone, its file stays. */
const die = ({ predecessors }: ReturnType<typeof make>) => predecessors.stop(false);

it('says goodbye for who died here, once', async () => {
  const first = make('a');
  await first.predecessors.start();
  expect(first.buried).toEqual([]);
  await die(first);
  const second = make('b');
  await second.predecessors.start();
  expect(second.buried).toEqual(['a']);
  await die(second);
  const third = make('c');
  await third.predecessors.start();
  expect(third.buried).toEqual(['b']);
  await third.predecessors.stop(true);
});

it('has nothing to say for who said goodbye', async () => {
  const first = make('a');
  await first.predecessors.start();
  await first.predecessors.stop(true);
  const second = make('b');
  await second.predecessors.start();
  expect(second.tries.count).toBe(0);
  await second.predecessors.stop(true);
});

it('keeps who could not be buried for the next, and tries again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const first = make('a');
    await first.predecessors.start();
    await die(first);
    const second = make('b', { fails: 99 });
    await second.predecessors.start();
    await die(second);
    const third = make('c', { fails: 1 });
    await third.predecessors.start();
    expect(third.buried).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(third.buried).toEqual(['a', 'b']);
    await third.predecessors.stop(true);
  } finally {
    vi.useRealTimers();
  }
});

it('buries nobody while another process holds the folder, and leaves its file alone', async () => {
  const first = make('a');
  await first.predecessors.start();
  const second = make('b');
  await second.predecessors.start();
  expect(second.buried).toEqual([]);
  await second.predecessors.stop(false);
  await die(first);
  const third = make('c');
  await third.predecessors.start();
  expect(third.buried).toEqual(['a']);
  await third.predecessors.stop(true);
});

it('takes no word of another machine: who is cut off there may have lost its lock', async () => {
  const first = make('a', { bootId: 'other' });
  await first.predecessors.start();
  await die(first);
  const second = make('b');
  await second.predecessors.start();
  expect(second.tries.count).toBe(0);
  await second.predecessors.stop(true);
});

it('goes on without a folder it can write to', async () => {
  rmSync(folder, { recursive: true });
  execFileSync('touch', [folder]);
  const one = make('a');
  await one.predecessors.start();
  await one.predecessors.stop(true);
});

it('a lock belongs to one process, and ends with it when it is killed', async () => {
  const file = path.join(folder, 'lock');
  const code = `import { ProcessLock } from ${JSON.stringify(new URL('../infra/files/process-lock.ts', import.meta.url).href)};
    console.log(ProcessLock.take(${JSON.stringify(file)}) !== undefined); setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
  const gone = once(child, 'exit');
  const [said] = await once(child.stdout, 'data');
  expect(String(said).trim()).toBe('true');
  expect(ProcessLock.take(file)).toBeUndefined();
  child.kill('SIGKILL');
  await gone;
  const lock = ProcessLock.take(file);
  expect(lock).toBeDefined();
  expect(ProcessLock.take(file)).toBeUndefined();
  lock?.release();
});
