import { DigestSum, hashHold, hashLane } from './digest.ts';
import { compileLanes, type LaneTable, NO_LANES, numberLaneVersions } from './lanes/lane-table.ts';
import { murmurHash3Bytes } from './murmur-hash3.ts';
import { TenantNames } from './names.ts';
import { PAGE_BITS, PAGE_MASK, PAGE_SIZE } from './pages.ts';
import type { HoldRecord, InstanceRecord, LaneRecord } from './records.ts';
import type { ServiceSlot } from './service-slot.ts';
import { ByteReader, readUint16, readUint32 } from './snapshot-image-bytes.ts';
import { readColumn } from './snapshot-image-columns.ts';
import { SnapshotImageError } from './snapshot-image-error.ts';
import { CHECKSUM_SIZE, FORMAT, type ImageHeader, MAGIC, PREAMBLE_SIZE, SECTION } from './snapshot-image-format.ts';
import { readService } from './snapshot-image-service.ts';
import { type Snapshot, SnapshotState, TENANT_SUSPENDED, type TenantSlot } from './snapshot-state.ts';
import { runSteps } from './steps.ts';

/** Tenants read between two pauses. */
const ROWS_PER_STEP = 4096;
const NO_TAGS: readonly string[] = Object.freeze([]);

/**
 * The snapshot that was encoded: the same digest, the same decisions, and it takes the same deltas. Damage is found by the
 * checksum, a fault of the writer by the digest, which is computed anew from what was read. Neither is a seal against
 * forgery: whoever may write the file or the key is trusted.
 * @throws SnapshotImageError
 */
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  return runSteps(decodeSnapshotInSteps(bytes));
}

/** As `decodeSnapshot`, in steps of about a millisecond for 10 000 tenants, so that requests can be answered between them. */
export function* decodeSnapshotInSteps(bytes: Uint8Array): Generator<void, Snapshot> {
  const content = openImage(bytes);
  yield;
  try {
    return yield* readSnapshot(content);
  } catch (error) {
    if (error instanceof SnapshotImageError) throw error;
    throw new SnapshotImageError('CORRUPT', String(error), { cause: error });
  }
}

/** Checks the frame and returns the sections in it. */
function openImage(bytes: Uint8Array): Uint8Array {
  for (let i = 0; i < MAGIC.length; i++) {
    if (bytes[i] !== MAGIC.charCodeAt(i)) throw new SnapshotImageError('NOT_AN_IMAGE', 'it does not begin like one');
  }
  if (bytes.length < PREAMBLE_SIZE + CHECKSUM_SIZE)
    throw new SnapshotImageError('TRUNCATED', 'it ends in its preamble');
  const oldestReader = readUint16(bytes, MAGIC.length + 2);
  if (oldestReader > FORMAT) {
    throw new SnapshotImageError(
      'FORMAT_TOO_NEW',
      `it asks for format ${oldestReader}, this version reads up to ${FORMAT}`,
    );
  }
  const length = readUint32(bytes, MAGIC.length + 4);
  if (length !== bytes.length) throw new SnapshotImageError('TRUNCATED', `${bytes.length} bytes instead of ${length}`);
  const end = bytes.length - CHECKSUM_SIZE;
  if (readUint32(bytes, end) !== murmurHash3Bytes(bytes.subarray(0, end))) {
    throw new SnapshotImageError('CHECKSUM', 'the checksum does not fit');
  }
  return bytes.subarray(PREAMBLE_SIZE, end);
}

function* readSnapshot(content: Uint8Array): Generator<void, Snapshot> {
  const sections = listSections(content);
  const header = sections.get(SECTION.header)?.[0]?.json() as ImageHeader | undefined;
  if (header === undefined) throw new SnapshotImageError('CORRUPT', 'it has no header');
  const digest = new DigestSum();
  const rows = yield* readTenants(sections.get(SECTION.tenants)?.[0], digest);
  const holds = readHolds(sections.get(SECTION.holds)?.[0], digest);
  const lanes = readLanes(sections.get(SECTION.lanes)?.[0], digest);
  const instances = (sections.get(SECTION.instances)?.[0]?.json() ?? []) as InstanceRecord[];
  const instancesOf = Map.groupBy(instances, (instance) => instance.serviceId);
  const holdsOf = Map.groupBy(holds.values(), (hold) => hold.serviceId);
  const services = new Map<string, ServiceSlot>();
  const values = new Uint32Array(rows.names.ordinals.size);
  const spansOf = new Map((sections.get(SECTION.spans) ?? []).map((reader) => [reader.json() as string, reader]));
  for (const reader of sections.get(SECTION.service) ?? []) {
    const slot = readService(reader, { tenants: rows.names, values, holdsOf, instancesOf, spansOf, digest });
    services.set(slot.id, slot);
    yield;
  }
  numberLaneVersions(lanes, services.values());
  const { epoch, revision } = header;
  const state = new SnapshotState({
    ...rows,
    position: { epoch, revision },
    services,
    holds,
    lanes,
    digestA: digest.a,
    digestB: digest.b,
  });
  if (state.digest !== header.digest) {
    throw new SnapshotImageError('CORRUPT', `its digest is ${state.digest}, not ${header.digest}`);
  }
  return state;
}

function listSections(content: Uint8Array): Map<number, ByteReader[]> {
  const reader = new ByteReader(content);
  const sections = new Map<number, ByteReader[]>();
  while (!reader.isAtEnd) {
    const id = reader.uint32();
    const section = new ByteReader(reader.part(reader.uint32()));
    const others = sections.get(id);
    if (others === undefined) sections.set(id, [section]);
    else others.push(section);
  }
  return sections;
}

type Rows = Pick<SnapshotState, 'names' | 'tenants' | 'statuses' | 'tenantCount'>;

function* readTenants(reader: ByteReader | undefined, digest: DigestSum): Generator<void, Rows> {
  const names = new TenantNames();
  const tenants: (TenantSlot | undefined)[][] = [];
  const statuses: Uint8Array[] = [];
  let tenantCount = 0;
  if (reader === undefined) return { names, tenants, statuses, tenantCount };
  const ids = reader.json() as string[];
  for (const [row, id] of ids.entries()) {
    if (row % ROWS_PER_STEP === 0) yield;
    names.number(id);
  }
  if (names.ordinals.size !== ids.length) throw new SnapshotImageError('CORRUPT', 'it names a tenant twice');
  const codes = reader.part(ids.length);
  const hashes = reader.part(codes.reduce((sum, code) => sum + (code === 0 ? 0 : 8), 0));
  const lists = (reader.json() as string[][]).map((list) => Object.freeze(list));
  const tags = new Uint32Array(ids.length);
  readColumn(reader, tags);
  for (const [row, id] of ids.entries()) {
    if (row % ROWS_PER_STEP === 0) yield;
    const status = codes[row]!;
    if (status === 0) continue;
    const list = tags[row] === 0 ? NO_TAGS : lists[tags[row]! - 1];
    if (status > TENANT_SUSPENDED || list === undefined) throw new SnapshotImageError('CORRUPT', `tenant ${row}`);
    const hashA = readUint32(hashes, tenantCount * 8) | 0;
    const hashB = readUint32(hashes, tenantCount * 8 + 4) | 0;
    const at = row >>> PAGE_BITS;
    while (tenants.length <= at) {
      tenants.push(new Array<TenantSlot | undefined>(PAGE_SIZE).fill(undefined));
      statuses.push(new Uint8Array(PAGE_SIZE));
    }
    tenants[at]![row & PAGE_MASK] = { id, tags: list, hashA, hashB };
    statuses[at]![row & PAGE_MASK] = status;
    digest.add(hashA, hashB);
    tenantCount++;
  }
  return { names, tenants, statuses, tenantCount };
}

function readHolds(reader: ByteReader | undefined, digest: DigestSum): Map<string, HoldRecord> {
  const holds = new Map<string, HoldRecord>();
  for (const hold of (reader?.json() ?? []) as HoldRecord[]) {
    const { a, b } = hashHold(hold);
    digest.add(a, b);
    holds.set(hold.id, hold);
  }
  return holds;
}

function readLanes(reader: ByteReader | undefined, digest: DigestSum): LaneTable {
  if (reader === undefined) return NO_LANES;
  const lanes = reader.json() as LaneRecord[];
  for (const lane of lanes) {
    const { a, b } = hashLane(lane);
    digest.add(a, b);
  }
  return compileLanes(new Map(lanes.map((lane) => [lane.tag, lane])));
}
