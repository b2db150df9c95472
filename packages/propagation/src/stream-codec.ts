import { gunzipSync, gzipSync } from 'node:zlib';
import { changeFormat, changeEntryFields as names } from '@grey/contracts';
import { formatOfDelta, type SnapshotDelta } from '@grey/route-core';
import type { PublishedChange } from './publication.ts';
import type { StreamEntry } from './redis-reader.ts';

/** Payloads above this many bytes are compressed, and parts are at most this long: one entry must not hold Redis up. */
export const PART_BYTES = 1024 * 1024;

/** A change as it goes into the stream. */
export interface PackedChange {
  /** The smallest that says all of it. */
  readonly format: number;
  readonly changeId: string;
  readonly at: string;
  readonly epoch: string;
  readonly revision: number;
  readonly encoding: 'json' | 'gzip';
  readonly parts: readonly Buffer[];
}

/** A change as it came out of the stream. */
export interface ReceivedChange {
  readonly changeId: string;
  readonly at: string;
  readonly epoch: string;
  readonly revision: number;
  readonly delta: SnapshotDelta;
}

/** A change of a format this program does not know; it has to be brought up to date. */
export class UnknownFormatError extends Error {
  readonly code = 'FORMAT_UNKNOWN';
  readonly format: number;

  constructor(what: string, format: number) {
    super(`the ${what} has format ${format}; this program reads up to ${changeFormat}`);
    this.name = 'UnknownFormatError';
    this.format = format;
  }
}

export function packChange({ changeId, at, delta }: PublishedChange, partBytes = PART_BYTES): PackedChange {
  const json = Buffer.from(JSON.stringify(delta));
  const isLarge = json.length > partBytes;
  const payload = isLarge ? gzipSync(json, { level: 1 }) : json;
  const parts: Buffer[] = [];
  for (let from = 0; from < payload.length; from += partBytes) parts.push(payload.subarray(from, from + partBytes));
  const { epoch, revision } = delta;
  return { format: formatOfDelta(delta), changeId, at, epoch, revision, encoding: isLarge ? 'gzip' : 'json', parts };
}

/** Puts the parts of changes together again. Feed it entries in the order of the stream. */
export class ChangeAssembler {
  #revision = -1;
  #parts: Buffer[] = [];

  /** Forgets a change of which only some parts have come. */
  reset(): void {
    this.#revision = -1;
    this.#parts = [];
  }

  /** Whether parts of a change are still missing. */
  get isWaiting(): boolean {
    return this.#parts.length > 0;
  }

  /**
   * @returns the change when this entry completes it. undefined: more parts follow, or its first ones were not seen
   * @throws UnknownFormatError, Error when the entry is damaged
   */
  take({ id, fields }: StreamEntry): ReceivedChange | undefined {
    const text = (name: string): string => fields.get(name)?.toString() ?? '';
    const format = Number(text(names.format));
    if (!Number.isInteger(format) || format < 1 || format > changeFormat)
      throw new UnknownFormatError('stream', format);
    const revision = Number(id.slice(0, id.indexOf('-')));
    const [part, parts] = [Number(text(names.part)), Number(text(names.parts))];
    const payload = fields.get(names.payload);
    if (payload === undefined || !(part >= 0 && part < parts)) throw new Error(`entry ${id} of the stream is damaged`);
    if (part === 0) {
      this.#revision = revision;
      this.#parts = [];
    } else if (revision !== this.#revision || part !== this.#parts.length) {
      this.reset();
      return undefined;
    }
    this.#parts.push(payload);
    if (this.#parts.length < parts) return undefined;
    const whole = Buffer.concat(this.#parts);
    this.reset();
    const json = text(names.encoding) === 'gzip' ? gunzipSync(whole) : whole;
    const delta = JSON.parse(json.toString()) as SnapshotDelta;
    const epoch = text(names.epoch);
    if (delta.epoch !== epoch || delta.revision !== revision)
      throw new Error(`entry ${id} of the stream contradicts itself`);
    return { changeId: text(names.changeId), at: text(names.at), epoch, revision, delta };
  }
}
