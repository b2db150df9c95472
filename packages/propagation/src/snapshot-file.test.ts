import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { applyDelta, buildSnapshot, createDecisionEnv, decide, encodeSnapshot, type Snapshot } from '@grey/route-core';
import { makeSnapshotSource } from '@grey/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DamagedSnapshotFile, SnapshotFile } from './snapshot-file.ts';
import { diskOperations, type SnapshotFileOperations } from './snapshot-file-operations.ts';

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'grey-test-file-')), 'snapshots');
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

const first = buildSnapshot(makeSnapshotSource({ tenantCount: 50, serviceCount: 4 }));

/** The first snapshot after so many more changes. */
function after(changes: number): Snapshot {
  let snapshot = first;
  for (let i = 1; i <= changes; i++) snapshot = applyDelta(snapshot, { epoch: '00000000-test', revision: 1 + i });
  return snapshot;
}

async function loadRevision(): Promise<number | undefined> {
  return (await new SnapshotFile(folder).load())?.snapshot.position.revision;
}

/** The files of images, by generation. */
function images(): string[] {
  return readdirSync(folder)
    .filter((name) => /^snapshot-\d+\.image$/.test(name))
    .sort((x, y) => Number.parseInt(x.slice(9), 10) - Number.parseInt(y.slice(9), 10));
}

describe('a snapshot file', () => {
  it('is not there before anything was saved', async () => {
    expect(await new SnapshotFile(folder).load()).toBeUndefined();
  });

  it('gives back what was saved, with the instances, and says when', async () => {
    await new SnapshotFile(folder).save(first);
    const loaded = await new SnapshotFile(folder).load();
    expect(loaded).toMatchObject({ generation: 1, snapshot: { digest: first.digest, position: first.position } });
    expect(loaded!.savedAt).toEqual(statSync(path.join(folder, images()[0]!)).mtime);
    const request = { tenantId: 't7', serviceName: 'service-1' };
    const decision = decide(loaded!.snapshot, request, createDecisionEnv());
    expect(decision).toEqual(decide(first, request, createDecisionEnv()));
    expect(decision.ok).toBe(true);
  });

  it('is for its owner alone', async () => {
    const file = new SnapshotFile(folder);
    await file.save(first);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, images()[0]!)).mode & 0o777).toBe(0o600);
  });

  it('keeps the generation before and no more, and counts on after a restart', async () => {
    for (let i = 0; i < 3; i++) await new SnapshotFile(folder).save(after(i));
    await new SnapshotFile(folder).save(after(3));
    expect(images()).toEqual(['snapshot-3.image', 'snapshot-4.image']);
    expect(await new SnapshotFile(folder).load()).toMatchObject({ generation: 4 });
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('that cannot be written says so, and is written when it can be again', async () => {
    writeFileSync(folder, 'in the way');
    const file = new SnapshotFile(folder);
    await expect(file.save(first)).rejects.toThrow(/EEXIST|ENOTDIR/);
    rmSync(folder);
    await file.save(after(1));
    expect(await loadRevision()).toBe(2);
  });
});

describe('a damaged file', () => {
  const damages: [string, (bytes: Buffer) => Uint8Array, string][] = [
    ['cut off', (bytes) => bytes.subarray(0, bytes.length >> 1), 'TRUNCATED'],
    ['empty', () => new Uint8Array(), 'NOT_AN_IMAGE'],
    ['full of zeros', (bytes) => new Uint8Array(bytes.length), 'NOT_AN_IMAGE'],
    ['with one bit changed', (bytes) => bytes.fill(bytes[400]! ^ 4, 400, 401), 'CHECKSUM'],
    ['of a later version', (bytes) => bytes.fill(99, 10, 11), 'FORMAT_TOO_NEW'],
  ];

  it.each(damages)('%s falls back to the generation before, with the reason', async (_name, damage, fault) => {
    const file = new SnapshotFile(folder);
    await file.save(after(1));
    await file.save(after(2));
    const newest = path.join(folder, 'snapshot-2.image');
    writeFileSync(newest, damage(readFileSync(newest)));
    const onDamaged = vi.fn<(damaged: DamagedSnapshotFile) => void>();
    const reader = new SnapshotFile(folder, { onDamaged });
    expect((await reader.load())?.snapshot.position.revision).toBe(2);
    expect(onDamaged).toHaveBeenCalledExactlyOnceWith({
      file: newest,
      generation: 2,
      reason: expect.objectContaining({ fault }),
    });
    // The one that could be read stays behind the next.
    await reader.save(after(3));
    writeFileSync(path.join(folder, images().at(-1)!), 'damaged again');
    expect(await loadRevision()).toBe(2);
  });

  it('in every generation is as good as none, and the next save starts anew', async () => {
    const file = new SnapshotFile(folder);
    await file.save(after(1));
    await file.save(after(2));
    for (const name of images()) writeFileSync(path.join(folder, name), 'x');
    expect(await loadRevision()).toBeUndefined();
    await new SnapshotFile(folder).save(after(3));
    expect(await loadRevision()).toBe(4);
  });
});

describe('saving soon', () => {
  /** The disk, with a gate before each file is written. */
  function gated(): { operations: SnapshotFileOperations; open: () => void; written: () => number } {
    let written = 0;
    const gates: (() => void)[] = [];
    const write: SnapshotFileOperations['write'] = async (file, bytes) => {
      await new Promise<void>((resolve) => gates.push(resolve));
      written += 1;
      await diskOperations.write(file, bytes);
    };
    return { operations: { ...diskOperations, write }, open: () => gates.shift()?.(), written: () => written };
  }

  it('runs one save at a time; of those that wait the newest is written and all are done', async () => {
    const { operations, open, written } = gated();
    const file = new SnapshotFile(folder, { operations });
    const saves = [0, 1, 2, 3].map((i) => file.save(after(i)));
    const opener = setInterval(open, 1);
    await Promise.all(saves);
    clearInterval(opener);
    expect(written()).toBe(2);
    expect(await loadRevision()).toBe(4);
  });

  it('writes the newest of many changes, once', async () => {
    const file = new SnapshotFile(folder, { delayMs: 20 });
    for (let i = 0; i < 50; i++) file.saveSoon(after(i));
    await vi.waitFor(async () => expect(await loadRevision()).toBe(50), { timeout: 20_000 });
    expect(images()).toEqual(['snapshot-1.image']);
  });

  it('is done at once when flushed', async () => {
    const file = new SnapshotFile(folder, { delayMs: 3_600_000 });
    file.saveSoon(after(1));
    file.saveSoon(after(2));
    await file.flush();
    expect(await loadRevision()).toBe(3);
    await file.flush();
    expect(images()).toHaveLength(1);
  });

  it('tries again after a failure, with what is newest then', async () => {
    const onSaveFailed = vi.fn();
    let isFull = true;
    const write: SnapshotFileOperations['write'] = (file, bytes) =>
      isFull ? Promise.reject(new Error('ENOSPC')) : diskOperations.write(file, bytes);
    const operations = { ...diskOperations, write };
    const file = new SnapshotFile(folder, { delayMs: 1, retryMs: 20, operations, onSaveFailed });
    file.saveSoon(after(1));
    await vi.waitFor(() => expect(onSaveFailed.mock.calls.length).toBeGreaterThan(1), { timeout: 20_000 });
    file.saveSoon(after(2));
    isFull = false;
    await vi.waitFor(async () => expect(await loadRevision()).toBe(3), { timeout: 20_000 });
  });
});

describe('a crash', () => {
  /** A disk that does so many steps, half of one more, and nothing afterwards. */
  function dying(steps: number): { operations: SnapshotFileOperations; seen: string[] } {
    const seen: string[] = [];
    const step = async (
      name: string,
      whole: () => Promise<void>,
      half: () => Promise<void> = async () => undefined,
    ) => {
      seen.push(name);
      if (seen.length <= steps) return whole();
      if (seen.length === steps + 1) await half();
      throw new Error(`the machine stopped at ${name}`);
    };
    const disk = diskOperations;
    const operations: SnapshotFileOperations = {
      ...disk,
      prepareFolder: (name) => step('prepare', () => disk.prepareFolder(name)),
      write: (file, bytes) =>
        step(
          'write',
          () => disk.write(file, bytes),
          () => disk.write(file, bytes.subarray(0, bytes.length / 2)),
        ),
      sync: (name) => step('sync', () => disk.sync(name)),
      rename: (from, to) => step('rename', () => disk.rename(from, to)),
      remove: (file) => step('remove', () => disk.remove(file)),
    };
    return { operations, seen };
  }

  it('at any step leaves a file that can be loaded and a folder that can be saved to', async () => {
    const whole = dying(Number.POSITIVE_INFINITY);
    const survivor = new SnapshotFile(folder, { operations: whole.operations });
    for (let i = 0; i < 3; i++) await survivor.save(after(i));
    expect(whole.seen.slice(-6)).toEqual(['prepare', 'write', 'sync', 'rename', 'sync', 'remove']);
    let revision = 3;
    for (let steps = 0; steps < 6; steps++) {
      const doomed = new SnapshotFile(folder, { operations: dying(steps).operations });
      await expect(doomed.save(after(revision))).rejects.toThrow('the machine stopped');
      // Once it has its name it is there, though only the sync of the folder promises that it stays.
      expect(await loadRevision()).toBe(steps > 3 ? revision + 1 : revision);
      await new SnapshotFile(folder).save(after(revision));
      revision += 1;
      expect(await loadRevision()).toBe(revision);
      expect(readdirSync(folder)).toHaveLength(2);
    }
  });

  it('by SIGKILL, twenty times, never costs a snapshot that was reported saved', async () => {
    for (let round = 0; round < 20; round++) {
      const before = (await loadRevision()) ?? 0;
      const { child, revisions } = startSaving(before);
      await vi.waitFor(() => expect(revisions.length).toBeGreaterThan(round % 5), { timeout: 60_000, interval: 1 });
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      await gone;
      const onDamaged = vi.fn();
      const loaded = await new SnapshotFile(folder, { onDamaged }).load();
      expect(onDamaged).not.toHaveBeenCalled();
      expect(loaded!.snapshot.position.revision).toBeGreaterThanOrEqual(revisions.at(-1)!);
      expect(loaded!.snapshot.digest).toBe(larger.digest);
    }
  }, 120_000);

  const larger = buildSnapshot(makeSnapshotSource({ tenantCount: 1_000, serviceCount: 30 }));

  /** A process that saves one revision after the other and tells each that is done. */
  function startSaving(from: number): { child: ChildProcess; revisions: number[] } {
    const image = path.join(path.dirname(folder), 'start.image');
    writeFileSync(image, encodeSnapshot(larger));
    const code = `
      import { readFileSync } from 'node:fs';
      import { applyDelta, decodeSnapshot } from '@grey/route-core';
      import { SnapshotFile } from ${JSON.stringify(path.join(import.meta.dirname, 'snapshot-file.ts'))};
      const file = new SnapshotFile(process.argv[1]);
      let snapshot = decodeSnapshot(readFileSync(process.argv[2]));
      const next = () => applyDelta(snapshot, { epoch: snapshot.position.epoch, revision: snapshot.position.revision + 1 });
      while (snapshot.position.revision < Number(process.argv[3])) snapshot = next();
      for (;;) {
        snapshot = next();
        await file.save(snapshot);
        process.stdout.write(snapshot.position.revision + '\\n');
      }`;
    const args = ['--input-type=module', '-e', code, folder, image, String(from)];
    const child = spawn(process.execPath, args, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] });
    const revisions: number[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => void revisions.push(Number(line)));
    return { child, revisions };
  }
});
