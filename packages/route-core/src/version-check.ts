import type { FallbackCause, RefusalCode } from './decision.ts';
import type { Trace } from './explain-trace.ts';
import type { ServiceSlot } from './service-slot.ts';

/** What a refusal is called when the fallback did not help either. */
export const REFUSAL_FOR: Readonly<Record<FallbackCause, RefusalCode>> = {
  NO_INSTANCE: 'NO_INSTANCE',
  SCHEMA_OUT_OF_RANGE: 'SCHEMA_MISMATCH',
  VERSION_UNKNOWN: 'VERSION_UNDEFINED',
};

/**
 * Whether a version can answer a tenant: in the catalogue and not retired, its schema range holds the tenant's schema,
 * an instance is available. null = yes, else the first thing that is missing.
 * @param schema the tenant's schema version, NaN when none is recorded (then any range fits)
 */
export function checkVersion(
  slot: ServiceSlot,
  number: number,
  schema: number,
  trace: Trace | null,
): FallbackCause | null {
  const version = slot.versions[number];
  if (version === undefined || version.isRetired) {
    trace?.add('version', version === undefined ? 'unknown' : 'retired', {}, slot.names.names[number]);
    return 'VERSION_UNKNOWN';
  }
  // Most tenants have no recorded schema; asking that first spares them two reads.
  const isOutside = !Number.isNaN(schema) && (schema < version.schemaMin || schema > version.schemaMax);
  if (trace !== null) traceSchema(slot, number, schema, isOutside, trace);
  if (isOutside) return 'SCHEMA_OUT_OF_RANGE';
  if (trace !== null) traceInstances(slot, number, trace);
  return version.table.instances.length === 0 ? 'NO_INSTANCE' : null;
}

function traceSchema(slot: ServiceSlot, number: number, schema: number, isOutside: boolean, trace: Trace): void {
  const version = slot.versions[number]!;
  const detail = {
    schemaVersion: Number.isNaN(schema) ? null : schema,
    schemaMin: Number.isFinite(version.schemaMin) ? version.schemaMin : null,
    schemaMax: Number.isFinite(version.schemaMax) ? version.schemaMax : null,
  };
  trace.add(
    'schema',
    isOutside ? 'out_of_range' : Number.isNaN(schema) ? 'not_recorded' : 'in_range',
    detail,
    version.name,
  );
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
