import path from 'node:path';
import { decodeSnapshotInSteps, encodeSnapshotInSteps, type Snapshot, SnapshotImageError } from '@grey/route-core';
import { runInSteps } from './run-in-steps.ts';
import { diskOperations, type SnapshotFileOperations } from './snapshot-file-operations.ts';

/** How long saving may hold up the process at a time, in milliseconds. */
const SLICE_MS = 2;
const DELAY_MS = 1_000;
const RETRY_MS = 10_000;
const NAME = /^snapshot-(\d{1,15})\.image$/;
const UNFINISHED = '.unfinished';
const DAMAGED = 'damaged.image';

/** A file that could not be used, and why: an Error of the disk or a `SnapshotImageError`. */
export interface DamagedSnapshotFile {
  readonly file: string;
  readonly generation: number;
  readonly reason: unknown;
}

export interface SnapshotFileOptions {
  /** Told of each file that `load` had to pass over. */
  readonly onDamaged?: (damaged: DamagedSnapshotFile) => void;
  /** Told when what `saveSoon` was given could not be saved; it is tried again. */
  readonly onSaveFailed?: (error: unknown) => void;
  /** Least time between the ends of two saves by `saveSoon`, and from its call to the save. Default 1 s. */
  readonly delayMs?: number;
  /** Time until `saveSoon` tries again after a failure. Default 10 s. */
  readonly retryMs?: number;
  /** @internal the disk, for tests */
  readonly operations?: SnapshotFileOperations;
}

export interface LoadedSnapshot {
  readonly snapshot: Snapshot;
  /** When the file was written, by the clock of the machine. */
  readonly savedAt: Date;
  /** Counts the saves to this folder, over restarts. */
  readonly generation: number;
}

interface Save {
  readonly snapshot: Snapshot;
  readonly done: Promise<void>;
  readonly settle: (error?: unknown) => void;
}

/**
 * The last good snapshot on disk, with the instances as last known: a router that starts while everything else is down
 * answers from it. One folder belongs to one process.
 *
 * Each save is a new file, `snapshot-<generation>.image`, whole under a name of its own before it gets this one; the
 * generation before stays. So there is a file that can be loaded at any time, whatever is cut off when.
 */
export class SnapshotFile {
  readonly #folder: string;
  readonly #options: SnapshotFileOptions;
  readonly #disk: SnapshotFileOperations;
  /** The greatest generation that was ever seen or tried here. */
  #generation = 0;
  #running: Promise<void> | undefined;
  /** What is saved next, when the save that runs is through. */
  #next: Save | undefined;
  #soon: Snapshot | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, options: SnapshotFileOptions = {}) {
    this.#folder = path.resolve(folder);
    this.#options = options;
    this.#disk = options.operations ?? diskOperations;
  }

  /**
   * Resolves when this snapshot, or one given later, is on disk to stay. One save runs at a time; of those that wait, the
   * one given last is written and the others count as done with it.
   */
  save(snapshot: Snapshot): Promise<void> {
    if (this.#next === undefined) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const settle = (error?: unknown) => (error === undefined ? resolve() : reject(error));
      this.#next = { snapshot, done: promise, settle };
    } else this.#next = { ...this.#next, snapshot };
    const { done } = this.#next;
    this.#running ??= this.#saveAll();
    return done;
  }

  /** Saves this snapshot, or a later one, before long. Never throws; see `onSaveFailed`. */
  saveSoon(snapshot: Snapshot): void {
    this.#soon = snapshot;
    this.#schedule(this.#options.delayMs ?? DELAY_MS);
  }

  /** Saves what `saveSoon` was given and has not saved yet, and resolves when no save is left to do. For an orderly end. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const snapshot = this.#soon;
    this.#soon = undefined;
    if (snapshot !== undefined) await this.save(snapshot);
    await this.#running;
  }

  /** The newest snapshot that can be read; undefined when there is none. */
  async load(): Promise<LoadedSnapshot | undefined> {
    for (const generation of await this.#listGenerations()) {
      const file = this.#pathOf(generation);
      try {
        const { bytes, changedAt } = await this.#disk.read(file);
        return { snapshot: await runInSteps(decodeSnapshotInSteps(bytes)), savedAt: changedAt, generation };
      } catch (reason) {
        this.#options.onDamaged?.({ file, generation, reason });
        if (reason instanceof SnapshotImageError) await this.#putAside(file);
      }
    }
    return undefined;
  }

  /** Out of the line, lest it be kept as the generation before; not removed, as someone may want to see it. */
  async #putAside(file: string): Promise<void> {
    await this.#disk.rename(file, path.join(this.#folder, DAMAGED)).catch(() => undefined);
  }

  #schedule(delayMs: number): void {
    this.#timer ??= setTimeout(() => void this.#saveLatest(), delayMs).unref();
  }

  async #saveLatest(): Promise<void> {
    const snapshot = this.#soon;
    this.#soon = undefined;
    let delayMs = this.#options.delayMs ?? DELAY_MS;
    try {
      if (snapshot !== undefined) await this.save(snapshot);
    } catch (error) {
      this.#soon ??= snapshot;
      delayMs = this.#options.retryMs ?? RETRY_MS;
      this.#options.onSaveFailed?.(error);
    }
    this.#timer = undefined;
    if (this.#soon !== undefined) this.#schedule(delayMs);
  }

  async #saveAll(): Promise<void> {
    for (let save = this.#next; save !== undefined; save = this.#next) {
      this.#next = undefined;
      await this.#write(save.snapshot).then(
        () => save.settle(),
        (error: unknown) => save.settle(error),
      );
    }
    this.#running = undefined;
  }

  async #write(snapshot: Snapshot): Promise<void> {
    const bytes = await runInSteps(encodeSnapshotInSteps(snapshot), SLICE_MS);
    await this.#disk.prepareFolder(this.#folder);
    await this.#removeUnfinished();
    const generations = await this.#listGenerations();
    this.#generation += 1;
    const file = this.#pathOf(this.#generation);
    const unfinished = `${file}${UNFINISHED}`;
    await this.#disk.write(unfinished, bytes);
    await this.#disk.sync(unfinished);
    await this.#disk.rename(unfinished, file);
    await this.#disk.sync(this.#folder);
    for (const old of generations.slice(1)) await this.#disk.remove(this.#pathOf(old));
  }

  async #removeUnfinished(): Promise<void> {
    for (const name of await this.#disk.listFolder(this.#folder)) {
      if (name.endsWith(UNFINISHED)) await this.#disk.remove(path.join(this.#folder, name));
    }
  }

  /** What there is, newest first. */
  async #listGenerations(): Promise<number[]> {
    const names = await this.#disk.listFolder(this.#folder);
    const generations = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
    generations.sort((x, y) => y - x);
    this.#generation = Math.max(this.#generation, generations[0] ?? 0);
    return generations;
  }

  #pathOf(generation: number): string {
    return path.join(this.#folder, `snapshot-${generation}.image`);
  }
}
