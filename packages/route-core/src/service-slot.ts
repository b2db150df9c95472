import { hashText, type LanePair, NO_HASH } from './digest.ts';
import { compileHolds, type HoldTable } from './holds.ts';
import { buildInstanceTable, type InstanceTable } from './instance-table.ts';
import { VersionNames } from './names.ts';
import type { Pages } from './pages.ts';
import type {
  BalancerName,
  BalancingRecord,
  HoldRecord,
  InstanceRecord,
  ServiceRecord,
  VersionRecord,
} from './records.ts';
import { RoutingPlan } from './routing-plan.ts';
import { compileDefaults, type DefaultSplit } from './splits/default-split.ts';

/** A version of the catalogue with its instances; unbounded ends of the schema range are ±Infinity. */
export interface VersionSlot {
  readonly number: number;
  readonly name: string;
  readonly ordinal: number;
  readonly isRetired: boolean;
  readonly schemaMin: number;
  readonly schemaMax: number;
  readonly table: InstanceTable;
  readonly hasFlags: boolean;
}

/** What changes together when the catalogue, the holds or the instances of a service change. */
export interface ServiceParts {
  readonly id: string;
  /** null: cells, holds or instances name a service that the catalogue does not have */
  readonly record: ServiceRecord | null;
  /** What was compiled of the record before; made anew when it is of another one. */
  readonly plan?: RoutingPlan | null;
  readonly names: VersionNames;
  readonly holds: readonly HoldRecord[];
  readonly instances: readonly InstanceRecord[];
}

export interface ServiceColumns {
  readonly cells: Pages<Uint16Array>;
  /** `schemaVersion`; NaN = none recorded */
  readonly schemas: Pages<Float64Array>;
  /** `expandedTo` where it is more than that, else NaN */
  readonly expansions: Pages<Float64Array>;
  /** 1 = migrating */
  readonly marks: Pages<Uint8Array>;
  readonly assignmentCount: number;
  readonly schemaCount: number;
}

/** All that deciding for one service needs. Immutable; the names are append-only. */
export interface ServiceSlot extends ServiceParts, ServiceColumns {
  readonly nameHash: LanePair;
  readonly recordHash: LanePair;
  /** null where the record is */
  readonly plan: RoutingPlan | null;
  /** by version number; absent = not in the catalogue */
  readonly versions: readonly (VersionSlot | undefined)[];
  /** not retired, newest first; of equal ordinals the greater name first */
  readonly newestFirst: readonly VersionSlot[];
  readonly defaults: DefaultSplit;
  readonly holdTable: HoldTable;
  /** Neither experiments nor holds: rules, assignments and the default choose alone. */
  readonly isPlain: boolean;
}

export function emptySlot(id: string): ServiceSlot {
  const parts = { id, record: null, names: new VersionNames(), holds: [], instances: [] };
  const columns = { cells: [], schemas: [], expansions: [], marks: [], assignmentCount: 0, schemaCount: 0 };
  return compileService(parts, columns, hashText(id));
}

/** Numbers and sorts everything once, so that a decision only reads. @throws SnapshotLimitError */
export function compileService(parts: ServiceParts, columns: ServiceColumns, nameHash: LanePair): ServiceSlot {
  const { id, record, names, holds, instances } = parts;
  const known = new Map<string, VersionRecord>();
  for (const version of record?.versions ?? []) known.set(version.version, version);
  const slots = [...known.values()].map((version) =>
    compileVersion(id, version, names, instances, record?.balancer ?? 'round_robin', record?.balancing),
  );
  const plan = record === null ? null : parts.plan?.record === record ? parts.plan : new RoutingPlan(record, names);
  const defaults = plan?.defaults ?? compileDefaults(id, null, names);
  const holdTable = compileHolds(holds, names);
  const versions: (VersionSlot | undefined)[] = names.names.map(() => undefined);
  for (const slot of slots) versions[slot.number] = slot;
  const newestFirst = slots
    .filter((slot) => !slot.isRetired)
    .sort((x, y) => y.ordinal - x.ordinal || (x.name > y.name ? -1 : 1));
  return {
    id,
    record,
    names,
    holds,
    instances,
    cells: columns.cells,
    schemas: columns.schemas,
    expansions: columns.expansions,
    marks: columns.marks,
    assignmentCount: columns.assignmentCount,
    schemaCount: columns.schemaCount,
    nameHash,
    recordHash: plan?.hash ?? NO_HASH,
    plan,
    versions,
    newestFirst,
    defaults,
    holdTable,
    isPlain: plan !== null && !plan.hasExperiments && holdTable === null,
  };
}

/** The same service with other columns: what a change of assignments costs. */
export function withColumns(slot: ServiceSlot, columns: ServiceColumns): ServiceSlot {
  return {
    id: slot.id,
    record: slot.record,
    names: slot.names,
    holds: slot.holds,
    instances: slot.instances,
    cells: columns.cells,
    schemas: columns.schemas,
    expansions: columns.expansions,
    marks: columns.marks,
    assignmentCount: columns.assignmentCount,
    schemaCount: columns.schemaCount,
    nameHash: slot.nameHash,
    recordHash: slot.recordHash,
    plan: slot.plan,
    versions: slot.versions,
    newestFirst: slot.newestFirst,
    defaults: slot.defaults,
    holdTable: slot.holdTable,
    isPlain: slot.isPlain,
  };
}

function compileVersion(
  serviceId: string,
  version: VersionRecord,
  names: VersionNames,
  instances: readonly InstanceRecord[],
  balancer: BalancerName,
  balancing: BalancingRecord | undefined,
): VersionSlot {
  return {
    number: names.number(version.version),
    name: version.version,
    ordinal: version.ordinal,
    isRetired: version.status === 'retired',
    schemaMin: version.schemaMin ?? Number.NEGATIVE_INFINITY,
    schemaMax: version.schemaMax ?? Number.POSITIVE_INFINITY,
    table: buildInstanceTable(serviceId, version.version, instances, balancer, balancing),
    hasFlags: (version.flags?.length ?? 0) > 0,
  };
}
