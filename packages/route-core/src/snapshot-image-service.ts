import { type DigestSum, hashAssignmentLane, hashSchemaLane, hashText, type LanePair } from './digest.ts';
import { normalizeInstances } from './instance-table.ts';
import { PINNED_BIT, type TenantNames, VersionNames } from './names.ts';
import { PAGE_BITS, PAGE_MASK, PAGE_SIZE } from './pages.ts';
import type { HoldRecord, InstanceRecord, ServiceRecord } from './records.ts';
import { readSpan, schemaOf } from './schema-span.ts';
import { compileService, type ServiceSlot } from './service-slot.ts';
import type { ByteReader } from './snapshot-image-bytes.ts';
import { readColumn } from './snapshot-image-columns.ts';
import { SnapshotImageError } from './snapshot-image-error.ts';
import type { ImageService } from './snapshot-image-format.ts';

/** What the services of one image have in common. */
interface Surroundings {
  readonly tenants: TenantNames;
  /** Room for one column, used again for each. */
  readonly values: Uint32Array;
  readonly holdsOf: ReadonlyMap<string, readonly HoldRecord[]>;
  readonly instancesOf: ReadonlyMap<string, readonly InstanceRecord[]>;
  /** Readers behind the service's id. */
  readonly spansOf: ReadonlyMap<string, ByteReader>;
  readonly digest: DigestSum;
}

/** Reads the section of one service and adds its share to the digest. */
export function readService(reader: ByteReader, around: Surroundings): ServiceSlot {
  const { id, record, versions } = reader.json() as ImageService<ServiceRecord>;
  const nameHash = hashText(id);
  const names = new VersionNames();
  for (const version of versions) names.number(version);
  if (names.names.length !== versions.length + 1) throw new SnapshotImageError('CORRUPT', 'it names a version twice');
  const cells = readCells(reader, names, nameHash, around);
  const schemas = readSchemas(reader, around);
  const spans = readSpans(around.spansOf.get(id), schemas.schemas, around);
  const columns = { ...cells, ...schemas, ...spans };
  addSchemas(columns, nameHash, around);
  const instances = normalizeInstances(around.instancesOf.get(id) ?? []);
  const slot = compileService({ id, record, names, holds: around.holdsOf.get(id) ?? [], instances }, columns, nameHash);
  around.digest.add(slot.recordHash.a, slot.recordHash.b);
  return slot;
}

function readCells(
  reader: ByteReader,
  names: VersionNames,
  nameHash: LanePair,
  { tenants, values, digest }: Surroundings,
): Pick<ServiceSlot, 'cells' | 'assignmentCount'> {
  readColumn(reader, values);
  const cells: (Uint16Array | undefined)[] = [];
  const greatest = names.names.length - 1;
  let assignmentCount = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value === 0) continue;
    const number = value >>> 1;
    const isPinned = (value & 1) !== 0;
    if (number === 0 || number > greatest) throw new SnapshotImageError('CORRUPT', `a cell names version ${number}`);
    while (cells.length < row >>> PAGE_BITS) cells.push(undefined);
    cells[row >>> PAGE_BITS] ??= new Uint16Array(PAGE_SIZE);
    cells[row >>> PAGE_BITS]![row & PAGE_MASK] = isPinned ? number | PINNED_BIT : number;
    assignmentCount++;
    digest.add(
      hashAssignmentLane(tenants.laneA[row]!, nameHash.a, names.laneA[number]!, isPinned),
      hashAssignmentLane(tenants.laneB[row]!, nameHash.b, names.laneB[number]!, isPinned),
    );
  }
  return { cells, assignmentCount };
}

function readSchemas(reader: ByteReader, { values }: Surroundings): Pick<ServiceSlot, 'schemas' | 'schemaCount'> {
  const distinct = [Number.NaN];
  for (let left = reader.uint32(); left > 0; left--) distinct.push(reader.float64());
  readColumn(reader, values);
  const schemas: (Float64Array | undefined)[] = [];
  let schemaCount = 0;
  for (let row = 0; row < values.length; row++) {
    if (values[row] === 0) continue;
    const schema = distinct[values[row]!];
    if (schema === undefined) throw new SnapshotImageError('CORRUPT', `a schema version that is not listed`);
    while (schemas.length < row >>> PAGE_BITS) schemas.push(undefined);
    schemas[row >>> PAGE_BITS] ??= new Float64Array(PAGE_SIZE).fill(Number.NaN);
    schemas[row >>> PAGE_BITS]![row & PAGE_MASK] = schema;
    schemaCount++;
  }
  return { schemas, schemaCount };
}

/** @param reader undefined: no schema of the service is expanded or migrating */
function readSpans(
  reader: ByteReader | undefined,
  schemas: ServiceSlot['schemas'],
  { values }: Surroundings,
): Pick<ServiceSlot, 'expansions' | 'marks'> {
  const expansions: (Float64Array | undefined)[] = [];
  const marks: (Uint8Array | undefined)[] = [];
  if (reader === undefined) return { expansions, marks };
  const distinct = [Number.NaN];
  for (let left = reader.uint32(); left > 0; left--) distinct.push(reader.float64());
  readColumn(reader, values);
  for (let row = 0; row < values.length; row++) {
    if (values[row] === 0) continue;
    const expandedTo = distinct[values[row]!];
    if (expandedTo === undefined) throw new SnapshotImageError('CORRUPT', `an expansion that is not listed`);
    if (!(expandedTo > schemaOf({ schemas }, row)))
      throw new SnapshotImageError('CORRUPT', `an expansion of no schema`);
    while (expansions.length < row >>> PAGE_BITS) expansions.push(undefined);
    expansions[row >>> PAGE_BITS] ??= new Float64Array(PAGE_SIZE).fill(Number.NaN);
    expansions[row >>> PAGE_BITS]![row & PAGE_MASK] = expandedTo;
  }
  readColumn(reader, values);
  for (let row = 0; row < values.length; row++) {
    if (values[row] === 0) continue;
    if (Number.isNaN(schemaOf({ schemas }, row))) throw new SnapshotImageError('CORRUPT', `a mark of no schema`);
    while (marks.length < row >>> PAGE_BITS) marks.push(undefined);
    marks[row >>> PAGE_BITS] ??= new Uint8Array(PAGE_SIZE);
    marks[row >>> PAGE_BITS]![row & PAGE_MASK] = 1;
  }
  return { expansions, marks };
}

function addSchemas(
  columns: Pick<ServiceSlot, 'schemas' | 'expansions' | 'marks'>,
  nameHash: LanePair,
  { tenants, values, digest }: Surroundings,
): void {
  if (columns.schemas.length === 0) return;
  for (let row = 0; row < values.length; row++) {
    const { schemaVersion, expandedTo, isMigrating } = readSpan(columns, row);
    if (Number.isNaN(schemaVersion)) continue;
    digest.add(
      hashSchemaLane(tenants.laneA[row]!, nameHash.a, schemaVersion, expandedTo, isMigrating),
      hashSchemaLane(tenants.laneB[row]!, nameHash.b, schemaVersion, expandedTo, isMigrating),
    );
  }
}
