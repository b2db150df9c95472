import { murmurHash3Bytes } from './murmur-hash3.ts';
import { PINNED_BIT, VERSION_MASK } from './names.ts';
import { PAGE_BITS, PAGE_MASK } from './pages.ts';
import { needsReaderOfRules } from './reader-of-rules.ts';
import type { InstanceRecord, ServiceRecord } from './records.ts';
import { expansionOf, isMarked, schemaOf } from './schema-span.ts';
import type { ServiceSlot } from './service-slot.ts';
import { ByteWriter } from './snapshot-image-bytes.ts';
import { writeColumn } from './snapshot-image-columns.ts';
import {
  CHECKSUM_SIZE,
  FORMAT,
  type ImageHeader,
  type ImageService,
  MAGIC,
  OLDEST_READER,
  OLDEST_READER_OF_RULES,
  OLDEST_READER_OF_SPANS,
  SECTION,
} from './snapshot-image-format.ts';
import type { Snapshot, SnapshotState } from './snapshot-state.ts';

export interface EncodeSnapshotOptions {
  /** Whether instances as last known are put in, so that a router can answer from the image alone. Default `true`. */
  readonly withInstances?: boolean;
}

/** A snapshot as bytes, for a file or for Redis: some 1 byte per assignment. Names no longer in use are left out. */
export function encodeSnapshot(snapshot: Snapshot, options: EncodeSnapshotOptions = {}): Uint8Array {
  const steps = encodeSnapshotInSteps(snapshot, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * The same in small steps, for a process that has requests to answer meanwhile: run it until it is done and returns the
 * bytes. A step is one service, some 0.5 ms for 10 000 tenants. The snapshot is immutable, so time between steps changes nothing.
 */
export function* encodeSnapshotInSteps(
  snapshot: Snapshot,
  options: EncodeSnapshotOptions = {},
): Generator<void, Uint8Array> {
  const state = snapshot as SnapshotState;
  const writer = new ByteWriter();
  for (const character of MAGIC) writer.uint8(character.charCodeAt(0));
  writer.uint16(FORMAT);
  writer.uint16(oldestReaderOf(state));
  writer.uint32(0);
  const header: ImageHeader = { ...state.position, digest: state.digest };
  section(writer, SECTION.header, () => writer.json(header));
  const rows = yield* listRows(state);
  section(writer, SECTION.tenants, () => writeTenants(writer, state, rows));
  const values = new Uint32Array(rows.length);
  const instances: InstanceRecord[] = [];
  for (const slot of state.services.values()) {
    if (isNothing(slot)) continue;
    section(writer, SECTION.service, () => writeService(writer, slot, rows, values));
    if (hasSpans(slot)) section(writer, SECTION.spans, () => writeSpans(writer, slot, rows, values));
    yield;
    for (const instance of slot.instances) instances.push(instance);
  }
  section(writer, SECTION.holds, () => writer.json([...state.holds.values()]));
  const lanes = [...state.lanes.records.values()];
  if (lanes.length > 0) section(writer, SECTION.lanes, () => writer.json(lanes));
  if (options.withInstances ?? true) section(writer, SECTION.instances, () => writer.json(instances));
  writer.setUint32(MAGIC.length + 4, writer.length + CHECKSUM_SIZE);
  writer.uint32(murmurHash3Bytes(writer.view()));
  return writer.view().slice();
}

function oldestReaderOf(state: SnapshotState): number {
  for (const slot of state.services.values()) if (hasSpans(slot)) return OLDEST_READER_OF_SPANS;
  return needsRules(state) ? OLDEST_READER_OF_RULES : OLDEST_READER;
}

/** Whether a schema is expanded or migrating; a column may be there that holds nothing any more. */
function hasSpans(slot: ServiceSlot): boolean {
  return (
    slot.expansions.some((page) => page?.some((expandedTo) => !Number.isNaN(expandedTo)) === true) ||
    slot.marks.some((page) => page?.some((mark) => mark !== 0) === true)
  );
}

/** Whether the digest counts anything that a reader of format 1 does not. */
function needsRules(state: SnapshotState): boolean {
  if (state.lanes.records.size > 0) return true;
  for (const { record } of state.services.values()) {
    if (record !== null && needsReaderOfRules(record)) return true;
  }
  return false;
}

function section(writer: ByteWriter, id: number, write: () => void): void {
  writer.uint32(id);
  writer.uint32(0);
  const from = writer.length;
  write();
  writer.setUint32(from - 4, writer.length - from);
}

/** What `withInstances` or a removal leaves behind. */
function isNothing(slot: ServiceSlot): boolean {
  const { record, assignmentCount, schemaCount, holds, instances } = slot;
  return record === null && assignmentCount + schemaCount + holds.length + instances.length === 0;
}

/** Ordinals of the tenant names that this snapshot uses; the names, which it shares with others, only ever grow. */
function* listRows(state: SnapshotState): Generator<undefined, Uint32Array> {
  const isUsed = new Uint8Array(state.names.ordinals.size);
  for (const [at, page] of state.statuses.entries()) mark(isUsed, at, page, (status) => status !== 0);
  for (const slot of state.services.values()) {
    for (const [at, page] of slot.cells.entries()) mark(isUsed, at, page, (cell) => cell !== 0);
    for (const [at, page] of slot.schemas.entries()) mark(isUsed, at, page, (schema) => !Number.isNaN(schema));
    yield;
  }
  const rows = new Uint32Array(isUsed.reduce((sum, one) => sum + one, 0));
  let count = 0;
  for (let ordinal = 0; ordinal < isUsed.length; ordinal++) if (isUsed[ordinal] === 1) rows[count++] = ordinal;
  return rows;
}

function mark(
  isUsed: Uint8Array,
  at: number,
  page: Uint8Array | Uint16Array | Float64Array | undefined,
  test: (value: number) => boolean,
): void {
  const base = at << PAGE_BITS;
  for (let i = 0; page !== undefined && i < page.length; i++) if (test(page[i]!)) isUsed[base + i] = 1;
}

function writeTenants(writer: ByteWriter, state: SnapshotState, rows: Uint32Array): void {
  const names = [...state.names.ordinals.keys()];
  writer.json(Array.from(rows, (ordinal) => names[ordinal]!));
  for (const ordinal of rows) writer.uint8(state.statusAt(ordinal));
  const lists = new Map<string, number>();
  const tags = new Uint32Array(rows.length);
  for (const [row, ordinal] of rows.entries()) {
    const tenant = state.tenants[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK];
    if (tenant === undefined) continue;
    writer.uint32(tenant.hashA);
    writer.uint32(tenant.hashB);
    if (tenant.tags.length > 0) tags[row] = numberOf(lists, JSON.stringify(tenant.tags)) + 1;
  }
  writer.json([...lists.keys()].map((text) => JSON.parse(text)));
  writeColumn(writer, tags);
}

function writeService(writer: ByteWriter, slot: ServiceSlot, rows: Uint32Array, values: Uint32Array): void {
  // Versions are numbered anew as well: only the names that cells use, so that the limit of names is not reached by history.
  const versions: string[] = [];
  const numbers = new Uint16Array(slot.names.names.length);
  for (let row = 0; row < rows.length; row++) {
    const ordinal = rows[row]!;
    const cell = slot.cells[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK] ?? 0;
    const number = cell & VERSION_MASK;
    if (number !== 0 && numbers[number] === 0) numbers[number] = versions.push(slot.names.names[number]!);
    values[row] = (numbers[number]! << 1) | ((cell & PINNED_BIT) === 0 ? 0 : 1);
  }
  const image: ImageService<ServiceRecord> = { id: slot.id, record: slot.record, versions };
  writer.json(image);
  writeColumn(writer, values);
  const distinct = new Map<number, number>();
  for (let row = 0; row < rows.length; row++) {
    const schema = schemaOf(slot, rows[row]!);
    values[row] = Number.isNaN(schema) ? 0 : numberOf(distinct, schema) + 1;
  }
  writer.uint32(distinct.size);
  for (const schema of distinct.keys()) writer.float64(schema);
  writeColumn(writer, values);
}

function writeSpans(writer: ByteWriter, slot: ServiceSlot, rows: Uint32Array, values: Uint32Array): void {
  writer.json(slot.id);
  const distinct = new Map<number, number>();
  for (let row = 0; row < rows.length; row++) {
    const expandedTo = expansionOf(slot, rows[row]!);
    values[row] = Number.isNaN(expandedTo) ? 0 : numberOf(distinct, expandedTo) + 1;
  }
  writer.uint32(distinct.size);
  for (const expandedTo of distinct.keys()) writer.float64(expandedTo);
  writeColumn(writer, values);
  for (let row = 0; row < rows.length; row++) values[row] = isMarked(slot, rows[row]!) ? 1 : 0;
  writeColumn(writer, values);
}

function numberOf<K>(numbers: Map<K, number>, key: K): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}
