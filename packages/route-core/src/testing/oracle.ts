import type {
  AssignmentRecord,
  HoldRecord,
  InstanceRecord,
  LaneRecord,
  RuleRecord,
  SchemaRecord,
  ServiceRecord,
  SnapshotDelta,
  SnapshotSource,
  TenantRecord,
  VersionRecord,
} from '../records.ts';
import { cell, chooseVersion, heaviestOf } from './oracle-choice.ts';
import { type Asked, flagsOf } from './oracle-routing.ts';

type Request = { tenantId: string; serviceName: string; metadata?: Asked['metadata'] };
/**
 * The engine again, as plainly as it can be said: maps of records, everything looked up at every question.
 * It shares nothing with the real one but the hash, and is what the real one is compared with.
 */
export class Oracle {
  tenants = new Map<string, TenantRecord>();
  services = new Map<string, ServiceRecord>();
  assignments = new Map<string, AssignmentRecord>();
  schemas = new Map<string, SchemaRecord>();
  holds = new Map<string, HoldRecord>();
  lanes = new Map<string, LaneRecord>();
  instances = new Map<string, readonly InstanceRecord[]>();
  /** How well it is connected: `out` of its lease, or `lost` for so long that marks may be missing. */
  lease: 'held' | 'out' | 'lost' = 'held';
  turns = new Map<string, { next: number; current: Map<string, number> }>();

  constructor(source: SnapshotSource) {
    for (const t of source.tenants) this.tenants.set(t.id, t);
    for (const s of source.services) this.services.set(s.id, s);
    for (const a of source.assignments) this.assignments.set(cell(a), a);
    for (const s of source.schemas) this.schemas.set(cell(s), plainly(s));
    for (const h of source.holds) this.holds.set(h.id, h);
    for (const l of source.lanes ?? []) this.lanes.set(l.tag, l);
    const all = [...source.instances];
    for (const { serviceId } of all)
      this.setInstances(
        serviceId,
        all.filter((i) => i.serviceId === serviceId),
      );
  }

  setInstances(serviceId: string, list: readonly InstanceRecord[]): void {
    this.instances.set(serviceId, [...new Map(list.map((i) => [i.instanceId, i])).values()]);
  }

  apply(delta: SnapshotDelta): void {
    for (const id of delta.tenants?.remove ?? []) this.tenants.delete(id);
    for (const t of delta.tenants?.upsert ?? []) this.tenants.set(t.id, t);
    for (const id of delta.services?.remove ?? []) this.services.delete(id);
    for (const s of delta.services?.upsert ?? []) this.services.set(s.id, s);
    for (const key of delta.assignments?.remove ?? []) this.assignments.delete(cell(key));
    for (const a of delta.assignments?.upsert ?? []) this.assignments.set(cell(a), a);
    for (const key of delta.schemas?.remove ?? []) this.schemas.delete(cell(key));
    for (const s of delta.schemas?.upsert ?? []) this.schemas.set(cell(s), plainly(s));
    for (const id of delta.holds?.remove ?? []) this.holds.delete(id);
    for (const h of delta.holds?.upsert ?? []) this.holds.set(h.id, h);
    for (const tag of delta.lanes?.remove ?? []) this.lanes.delete(tag);
    for (const l of delta.lanes?.upsert ?? []) this.lanes.set(l.tag, l);
  }

  toSource(position: SnapshotSource['position']): SnapshotSource {
    const { tenants, services, assignments, schemas, holds, lanes, instances } = this;
    const list = <T>(map: Map<string, T>): T[] => [...map.values()].reverse();
    return {
      position,
      tenants: list(tenants),
      services: list(services),
      assignments: list(assignments),
      schemas: list(schemas),
      holds: list(holds),
      lanes: list(lanes),
      instances: list(instances).flat(),
    };
  }

  /** The configuration as one text: equal exactly for equal configurations. */
  toText(): string {
    const sets = [this.tenants, this.services, this.assignments, this.schemas, this.holds, this.lanes];
    return sets
      .map((set) =>
        [...set.values()]
          .map((record) => canonical(record))
          .sort()
          .join('\n'),
      )
      .join('\n\n');
  }

  decide(request: Request, random: () => number, now: number): Record<string, unknown> {
    const { tenantId, serviceName, metadata = {} } = request;
    const service = this.services.get(serviceName);
    const tenant = this.tenants.get(tenantId);
    if (!service) return { ok: false, code: 'SERVICE_UNKNOWN' };
    if (!tenant && service.unknownTenant === 'reject') return { ok: false, code: 'TENANT_UNKNOWN' };
    if (tenant?.status === 'suspended') return { ok: false, code: 'TENANT_INACTIVE' };
    const asked: Asked = { tenantId, metadata, random, now };
    const choice = chooseVersion(this, service, asked);
    const { version: chosen, reason, rule, lane } = choice;
    if (choice.refusal) return { ok: false, code: choice.refusal, reason };
    if (chosen === undefined) return { ok: false, code: 'VERSION_UNDEFINED', reason };
    const wanted = this.remap(serviceName, chosen, tenantId);
    if (!wanted) return { ok: false, code: 'VERSION_UNDEFINED', version: chosen, reason };
    const schema = this.schemas.get(cell({ tenantId, serviceId: service.id }));
    const uncertain = { ok: false, code: 'SCHEMA_UNCERTAIN', version: wanted.version, reason };
    if (schema?.isMigrating && this.lease !== 'held') return uncertain;
    const isAnyone = (version: string) => !schema || find(service, version)?.schemaMax === undefined;
    const cause = this.whyNot(service, wanted.version, tenantId);
    const mode = rule?.fallback ?? { mode: service.fallback, version: service.fallbackVersion };
    let final = wanted;
    if (cause) {
      const ordinal = find(service, wanted.version)?.ordinal ?? Number.NaN;
      const older = service.versions
        .filter(
          (v) => v.ordinal <= ordinal && v.version !== wanted.version && !this.whyNot(service, v.version, tenantId),
        )
        .sort((x, y) => (x.version < y.version ? 1 : -1))
        .sort((x, y) => y.ordinal - x.ordinal)
        .map((v) => v.version);
      const heaviest = heaviestOf(service);
      const named = mode.version;
      const tries = {
        fail: [],
        baseline: heaviest ? [heaviest] : [],
        nearest: older,
        version: named === undefined ? [] : [named],
      }[mode.mode];
      const answers = tries
        .filter((v) => v !== wanted.version)
        .map((v) => this.remap(serviceName, v, tenantId))
        .filter((r) => r && r.version !== wanted.version && !this.whyNot(service, r.version, tenantId));
      if (!answers[0]) {
        const code = {
          NO_INSTANCE: 'NO_INSTANCE',
          SCHEMA_OUT_OF_RANGE: 'SCHEMA_MISMATCH',
          VERSION_UNKNOWN: 'VERSION_UNDEFINED',
        };
        return { ok: false, code: code[cause], version: wanted.version, reason };
      }
      final = { version: answers[0].version, ids: [...wanted.ids, ...answers[0].ids] };
    }
    const { version, ids } = final;
    if (this.lease === 'lost' && !isAnyone(version)) return uncertain;
    const fallback = cause && { from: wanted.version, to: version, cause, mode: mode.mode };
    const usable = this.usable(serviceName, version);
    const instance = this.pick(service, version, usable.list, random);
    return {
      ok: true,
      version,
      instance,
      reason,
      isHeld: ids.length > 0,
      holds: ids,
      bucket: choice.bucket ?? null,
      rule: rule?.id ?? null,
      experiment: choice.experiment ?? null,
      lane: lane?.tag ?? null,
      mirror: this.mirror(service, version, rule, asked),
      flags: flagsOf(find(service, version)?.flags, asked),
      fallback,
      isDegraded: usable.isDegraded,
      isRevisionMissed: false,
    };
  }

  private mirror(service: ServiceRecord, answering: string, rule: RuleRecord | undefined, asked: Asked) {
    const { version, share } = rule?.mirror ?? { version: '', share: 0 };
    if (share === 0 || (share < 10_000 && asked.random() * 10_000 >= share)) return null;
    if (version === answering || this.holdOn(service.id, version, asked.tenantId)) return null;
    if (this.whyNot(service, version, asked.tenantId)) return null;
    const hasSchema = this.schemas.has(cell({ tenantId: asked.tenantId, serviceId: service.id }));
    if (this.lease === 'lost' && hasSchema && find(service, version)?.schemaMax !== undefined) return null;
    return { version, instance: this.pick(service, version, this.usable(service.id, version).list, asked.random) };
  }

  /** The hold that counts for this tenant on a version. */
  holdOn(serviceId: string, version: string, tenantId: string): HoldRecord | undefined {
    const rank = { tenants: 1, tag: 2, all: 3 };
    return [...this.holds.values()]
      .filter((h) => h.serviceId === serviceId && h.fromVersion === version)
      .filter(({ scope }) => scope.kind !== 'tenants' || scope.tenantIds.includes(tenantId))
      .filter(({ scope }) => scope.kind !== 'tag' || this.tenants.get(tenantId)?.tags?.includes(scope.tag))
      .sort((x, y) => rank[x.scope.kind] - rank[y.scope.kind] || (x.id < y.id ? -1 : 1))[0];
  }

  private remap(serviceId: string, start: string, tenantId: string): { version: string; ids: string[] } | null {
    const ids: string[] = [];
    const seen = [start];
    for (let version = start; ; ) {
      const hold = this.holdOn(serviceId, version, tenantId);
      if (!hold) return { version, ids };
      ids.push(hold.id);
      version = hold.toVersion;
      if (seen.includes(version)) return null;
      seen.push(version);
    }
  }

  private whyNot(service: ServiceRecord, version: string, tenantId: string) {
    const record = find(service, version);
    if (!record || record.status === 'retired') return 'VERSION_UNKNOWN' as const;
    const schema = this.schemas.get(cell({ tenantId, serviceId: service.id }));
    const { schemaMin: from = -1, schemaMax: to = 99 } = record;
    const served = schema ? range(schema.schemaVersion, schema.expandedTo ?? schema.schemaVersion) : range(from, to);
    if (schema && !served.some((one) => from <= one && one <= to)) return 'SCHEMA_OUT_OF_RANGE' as const;
    return this.usable(service.id, version).list.length === 0 ? ('NO_INSTANCE' as const) : null;
  }

  private usable(serviceId: string, version: string): { list: InstanceRecord[]; isDegraded: boolean } {
    const on = (this.instances.get(serviceId) ?? []).filter((i) => i.version === version && i.isEnabled);
    const good = on.filter((i) => i.health === 'healthy' || i.health === 'unknown');
    const list = good.length > 0 ? good : on.filter((i) => i.health === 'degraded');
    return { list: list.toSorted((x, y) => (x.instanceId < y.instanceId ? -1 : 1)), isDegraded: list !== good };
  }

  private pick(service: ServiceRecord, version: string, list: InstanceRecord[], random: () => number): string {
    if (service.balancer === 'random') return list[Math.floor(random() * list.length)]!.instanceId;
    const key = `${service.id} ${version}`;
    const turn = this.turns.get(key) ?? { next: 0, current: new Map<string, number>() };
    this.turns.set(key, turn);
    turn.current = new Map(list.map((i) => [i.instanceId, turn.current.get(i.instanceId) ?? 0]));
    if (service.balancer === 'round_robin') {
      const at = turn.next >= list.length ? 0 : turn.next;
      turn.next = at + 1;
      return list[at]!.instanceId;
    }
    const isAnyWeighted = list.some((i) => i.weight > 0);
    const weightOf = (i: InstanceRecord): number => (isAnyWeighted ? Math.max(0, i.weight) : 1);
    const gained = list.filter((i) => weightOf(i) > 0);
    for (const i of gained) turn.current.set(i.instanceId, turn.current.get(i.instanceId)! + weightOf(i));
    const most = Math.max(...gained.map((i) => turn.current.get(i.instanceId)!));
    const best = gained.find((i) => turn.current.get(i.instanceId) === most)!;
    turn.current.set(best.instanceId, most - list.reduce((sum, i) => sum + weightOf(i), 0));
    return best.instanceId;
  }
}

/** One form for one meaning: what says nothing is left out. */
function plainly({ tenantId, serviceId, schemaVersion, expandedTo, isMigrating }: SchemaRecord): SchemaRecord {
  const isExpanded = expandedTo !== undefined && expandedTo > schemaVersion;
  const bare = { tenantId, serviceId, schemaVersion };
  return { ...bare, ...(isExpanded && { expandedTo }), ...(isMigrating && { isMigrating }) };
}

/** Schemas here are whole numbers below 99. */
function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(1, to - from + 1) }, (_, i) => from + i);
}

function find(service: ServiceRecord, version: string): VersionRecord | undefined {
  return service.versions.find((v) => v.version === version);
}

/** One text per meaning: keys in order, lists that are sets sorted and without doubles, an empty list of tags the same as none. */
function canonical(value: unknown, key = ''): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item));
    return `[${['tags', 'tenantIds', 'versions', 'flags', 'experiments'].includes(key) ? [...new Set(items)].sort() : items}]`;
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(
    ([k, v]) => !['tags', 'flags', 'experiments'].includes(k) || v.length > 0,
  );
  return `{${entries.map(([k, v]) => `${k}: ${canonical(v, k)}`).sort()}}`;
}
