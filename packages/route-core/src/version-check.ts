import type { FallbackCause, RefusalCode } from './decision.ts';
import type { Trace } from './explain-trace.ts';
import { expansionOf, readSpan, schemaOf } from './schema-span.ts';
import type { ServiceSlot, VersionSlot } from './service-slot.ts';

/** What a refusal is called when the fallback did not help either. */
export const REFUSAL_FOR: Readonly<Record<FallbackCause, RefusalCode>> = {
  NO_INSTANCE: 'NO_INSTANCE',
  SCHEMA_OUT_OF_RANGE: 'SCHEMA_MISMATCH',
  VERSION_UNKNOWN: 'VERSION_UNDEFINED',
};

/**
 * Whether a version can answer a tenant: in the catalogue and not retired, its schema range holds the tenant's schema,
 * an instance is available. null = yes, else the first thing that is missing.
 * @param ordinal of the tenant; one without a recorded schema fits any range
 */
export function checkVersion(
  slot: ServiceSlot,
  number: number,
  ordinal: number,
  trace: Trace | null,
): FallbackCause | null {
  const version = slot.versions[number];
  if (version === undefined || version.isRetired) {
    trace?.add('version', version === undefined ? 'unknown' : 'retired', {}, slot.names.names[number]);
    return 'VERSION_UNKNOWN';
  }
  // Most tenants have no recorded schema; asking that first spares them two reads.
  const schema = schemaOf(slot, ordinal);
  const isOutside =
    !Number.isNaN(schema) &&
    (schema > version.schemaMax || (schema < version.schemaMin && !isReached(version, expansionOf(slot, ordinal))));
  if (trace !== null) {
    const outcome = isOutside ? 'out_of_range' : Number.isNaN(schema) ? 'not_recorded' : 'in_range';
    traceSchema(slot, number, ordinal, outcome, trace);
  }
  if (isOutside) return 'SCHEMA_OUT_OF_RANGE';
  if (trace !== null) traceInstances(slot, number, trace);
  return version.table.instances.length === 0 ? 'NO_INSTANCE' : null;
}

/** @param expandedTo how far the schema goes beyond its version; NaN = no further, which reaches nothing */
function isReached({ schemaMin, schemaMax }: VersionSlot, expandedTo: number): boolean {
  // A range that ends before it begins holds nothing, however long the schema's is.
  return expandedTo >= schemaMin && schemaMin <= schemaMax;
}

/** Writes down what the schema guard saw. */
export function traceSchema(
  slot: ServiceSlot,
  number: number,
  ordinal: number,
  outcome: 'in_range' | 'out_of_range' | 'not_recorded' | 'uncertain',
  trace: Trace,
): void {
  const version = slot.versions[number]!;
  const { schemaVersion, expandedTo, isMigrating } = readSpan(slot, ordinal);
  const detail = {
    schemaVersion: Number.isNaN(schemaVersion) ? null : schemaVersion,
    ...(Number.isNaN(expandedTo) ? {} : { expandedTo }),
    ...(isMigrating ? { isMigrating } : {}),
    schemaMin: Number.isFinite(version.schemaMin) ? version.schemaMin : null,
    schemaMax: Number.isFinite(version.schemaMax) ? version.schemaMax : null,
  };
  trace.add('schema', outcome, detail, version.name);
}

function traceInstances(slot: ServiceSlot, number: number, trace: Trace): void {
  const { name, table } = slot.versions[number]!;
  const all = slot.instances.filter((instance) => instance.version === name);
  const enabled = all.filter((instance) => instance.isEnabled);
  const count = (health: string): number => enabled.filter((instance) => instance.health === health).length;
  const detail = {
    registered: all.length,
    disabled: all.length - enabled.length,
    healthy: count('healthy') + count('unknown'),
    degraded: count('degraded'),
    unhealthy: count('unhealthy'),
    available: table.instances.length,
  };
  trace.add(
    'instances',
    table.instances.length === 0 ? 'none' : table.isDegraded ? 'degraded' : 'healthy',
    detail,
    name,
  );
  const taken = new Set(table.balancer === 'health_aware' ? table.aware.instances : table.instances);
  for (const instance of all) {
    if (taken.has(instance)) continue;
    const why = instance.isEnabled ? instance.health : 'disabled';
    trace.add('left_out', why, { instanceId: instance.instanceId, why }, name);
  }
}
