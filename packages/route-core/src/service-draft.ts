import { type DigestSum, hashAssignmentLane, hashSchemaLane } from './digest.ts';
import { PINNED_BIT, type TenantNames, VERSION_MASK } from './names.ts';
import { PAGE_SIZE, PagesDraft } from './pages.ts';
import type { HoldRecord, InstanceRecord, ServiceRecord } from './records.ts';
import { isNone, isSameSpan, type SchemaSpan } from './schema-span.ts';
import { compileService, type ServiceSlot, withColumns } from './service-slot.ts';

const newCells = (): Uint16Array => new Uint16Array(PAGE_SIZE);
const newSchemas = (): Float64Array => new Float64Array(PAGE_SIZE).fill(Number.NaN);
const newMarks = (): Uint8Array => new Uint8Array(PAGE_SIZE);

/** What one change writes to one service. */
export class ServiceDraft {
  slot: ServiceSlot;
  instances: readonly InstanceRecord[];
  /** What was compiled from the catalogue, holds or instances no longer holds. */
  isStale = false;
  readonly #cells: PagesDraft<number, Uint16Array>;
  readonly #schemas: PagesDraft<number, Float64Array>;
  readonly #expansions: PagesDraft<number, Float64Array>;
  readonly #marks: PagesDraft<number, Uint8Array>;
  readonly #tenants: TenantNames;
  readonly #digest: DigestSum;
  #assignmentCount: number;
  #schemaCount: number;

  /** @param digest of the whole snapshot; takes the changes of this service as well */
  constructor(slot: ServiceSlot, tenants: TenantNames, digest: DigestSum) {
    this.slot = slot;
    this.instances = slot.instances;
    this.#cells = new PagesDraft<number, Uint16Array>(slot.cells, newCells);
    this.#schemas = new PagesDraft<number, Float64Array>(slot.schemas, newSchemas);
    this.#expansions = new PagesDraft<number, Float64Array>(slot.expansions, newSchemas);
    this.#marks = new PagesDraft<number, Uint8Array>(slot.marks, newMarks);
    this.#tenants = tenants;
    this.#digest = digest;
    this.#assignmentCount = slot.assignmentCount;
    this.#schemaCount = slot.schemaCount;
  }

  setRecord(record: ServiceRecord | null): void {
    // Compiled here already, as its hash is part of the slot and a later record of the same id must take it back.
    const { slot } = this;
    this.slot = compileService({ ...slot, record, instances: [] }, slot, slot.nameHash);
    this.isStale = true;
    this.#digest.exchange(slot.recordHash, this.slot.recordHash);
  }

  /** @param next a version's number with the pinned bit; 0 = no assignment */
  setCell(ordinal: number, next: number): void {
    const before = this.#cells.get(ordinal) ?? 0;
    if (before === next) return;
    this.#assignmentCount += (next === 0 ? 0 : 1) - (before === 0 ? 0 : 1);
    const { laneA, laneB } = this.#tenants;
    const { names, nameHash } = this.slot;
    const a = cellHash(laneA[ordinal]!, nameHash.a, names.laneA, next);
    const b = cellHash(laneB[ordinal]!, nameHash.b, names.laneB, next);
    const oldA = cellHash(laneA[ordinal]!, nameHash.a, names.laneA, before);
    const oldB = cellHash(laneB[ordinal]!, nameHash.b, names.laneB, before);
    this.#digest.add(a - oldA, b - oldB);
    this.#cells.set(ordinal, next);
  }

  setSchema(ordinal: number, next: SchemaSpan): void {
    const before = this.#span(ordinal);
    if (isSameSpan(before, next)) return;
    this.#schemaCount += (isNone(next) ? 0 : 1) - (isNone(before) ? 0 : 1);
    const { laneA, laneB } = this.#tenants;
    const { a, b } = this.slot.nameHash;
    this.#digest.add(
      spanHash(laneA[ordinal]!, a, next) - spanHash(laneA[ordinal]!, a, before),
      spanHash(laneB[ordinal]!, b, next) - spanHash(laneB[ordinal]!, b, before),
    );
    // Columns that hold nothing are not begun: most schemas are neither expanded nor under way.
    if (!Object.is(next.schemaVersion, before.schemaVersion)) this.#schemas.set(ordinal, next.schemaVersion);
    if (!Object.is(next.expandedTo, before.expandedTo)) this.#expansions.set(ordinal, next.expandedTo);
    if (next.isMigrating !== before.isMigrating) this.#marks.set(ordinal, next.isMigrating ? 1 : 0);
  }

  #span(ordinal: number): SchemaSpan {
    return {
      schemaVersion: this.#schemas.get(ordinal) ?? Number.NaN,
      expandedTo: this.#expansions.get(ordinal) ?? Number.NaN,
      isMigrating: this.#marks.get(ordinal) === 1,
    };
  }

  /** @param holds all that are on this service */
  finish(holds: readonly HoldRecord[]): ServiceSlot {
    const { slot, instances } = this;
    const columns = {
      cells: this.#cells.finish(),
      schemas: this.#schemas.finish(),
      expansions: this.#expansions.finish(),
      marks: this.#marks.finish(),
      assignmentCount: this.#assignmentCount,
      schemaCount: this.#schemaCount,
    };
    if (!this.isStale) return withColumns(slot, columns);
    const { id, names, plan, record } = slot;
    return compileService({ id, record, plan, names, holds, instances }, columns, slot.nameHash);
  }
}

function cellHash(tenant: number, service: number, versions: readonly number[], cell: number): number {
  if (cell === 0) return 0;
  return hashAssignmentLane(tenant, service, versions[cell & VERSION_MASK]!, (cell & PINNED_BIT) !== 0);
}

function spanHash(tenant: number, service: number, span: SchemaSpan): number {
  if (isNone(span)) return 0;
  return hashSchemaLane(tenant, service, span.schemaVersion, span.expandedTo, span.isMigrating);
}
