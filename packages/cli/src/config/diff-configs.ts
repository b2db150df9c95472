import { canonicalConfig } from './canonical-config.ts';
import { compareValues, type ValueDifference } from './compare-values.ts';
import { type Config, type ConfigCell, type ConfigService, type ConfigVersion, nameOfFreeze } from './config.schema.ts';

export type EntityKind =
  | 'service'
  | 'version'
  | 'flags'
  | 'compatibility'
  | 'lane'
  | 'rules'
  | 'experiment'
  | 'freeze'
  | 'channel'
  | 'assignment';

/** Something that is not the same on both sides. */
export interface Difference {
  readonly kind: EntityKind;
  /** Names of it, outermost first: service and version, or tenant and service. */
  readonly names: readonly string[];
  /** `create`: only in the file; `remove`: only live, and within what the file speaks of. */
  readonly action: 'create' | 'change' | 'remove';
  readonly values: readonly ValueDifference[];
  /** As it is, and as the file has it; undefined where there is none, null where the file says that there is to be none. */
  readonly live: unknown;
  readonly file: unknown;
}

/** What differs between what is and what the file wants; both canonical. In an order that does not hang on the input. */
export function diffConfigs(live: Config, file: Config): Difference[] {
  const wanted = canonicalConfig(file);
  return [
    ...diffServices(live.services ?? [], wanted.services),
    ...diffKeyed('lane', [], live.lanes ?? [], wanted.lanes, (lane) => lane.tag),
    ...diffKeyed('freeze', [], live.freezes ?? [], wanted.freezes, nameOfFreeze),
    ...diffKeyed('channel', [], live.channels ?? [], wanted.channels, (channel) => channel.name),
    ...diffAssignments(live.assignments ?? {}, wanted.assignments),
  ];
}

function diffServices(live: readonly ConfigService[], file: readonly ConfigService[] | undefined): Difference[] {
  if (file === undefined) return [];
  const before = new Map(live.map((one) => [one.id, one]));
  const after = new Map(file.map((one) => [one.id, one]));
  return sortedKeys(before, after).flatMap((id) => diffService(id, before.get(id), after.get(id)));
}

function diffService(id: string, live: ConfigService | undefined, file: ConfigService | undefined): Difference[] {
  // What a service has goes with it: one line says that it is not in the file.
  if (file === undefined) return compare('service', [id], live, undefined);
  const { versions, rules, experiments, compatibility, ...fields } = file;
  const {
    versions: liveVersions = [],
    rules: liveRules,
    experiments: liveExperiments = [],
    compatibility: liveCompatibility,
    ...liveFields
  } = live ?? {};
  return [
    ...compare('service', [id], live && pick(liveFields, fields), fields),
    ...diffVersions(id, liveVersions, versions),
    ...(rules === undefined ? [] : compare('rules', [id], liveRules ?? undefined, rules ?? undefined)),
    ...(compatibility === undefined
      ? []
      : compare('compatibility', [id], unlessEmpty(liveCompatibility), unlessEmpty(compatibility))),
    ...diffKeyed('experiment', [id], liveExperiments, experiments, (one) => one.id),
  ];
}

function diffVersions(id: string, live: readonly ConfigVersion[], file: readonly ConfigVersion[] | undefined) {
  if (file === undefined) return [];
  const before = new Map(live.map((one) => [one.version, one]));
  const after = new Map(file.map((one) => [one.version, one]));
  return sortedKeys(before, after).flatMap((version): Difference[] => {
    const [was, wanted] = [before.get(version), after.get(version)];
    if (wanted === undefined) return compare('version', [id, version], was, undefined);
    const { flags, ...fields } = wanted;
    const { flags: liveFlags, ...liveFields } = was ?? {};
    const flagsNow = liveFlags?.length ? liveFlags : undefined;
    return [
      ...compare('version', [id, version], was && pick(liveFields, fields), fields),
      ...(flags === undefined ? [] : compare('flags', [id, version], flagsNow, flags.length > 0 ? flags : undefined)),
    ];
  });
}

function unlessEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list?.length ? list : undefined;
}

function diffKeyed<T extends object>(
  kind: EntityKind,
  outer: readonly string[],
  live: readonly T[],
  file: readonly T[] | undefined,
  nameOf: (one: T) => string,
): Difference[] {
  if (file === undefined) return [];
  const before = new Map(live.map((one) => [nameOf(one), one]));
  const after = new Map(file.map((one) => [nameOf(one), one]));
  return sortedKeys(before, after).flatMap((name) => {
    const [was, wanted] = [before.get(name), after.get(name)];
    // A salt that the file leaves out is not thereby changed: it would move everybody.
    return compare(kind, [...outer, name], was && wanted && !('salt' in wanted) ? without(was, 'salt') : was, wanted);
  });
}

function diffAssignments(live: NonNullable<Config['assignments']>, file: Config['assignments']): Difference[] {
  if (file === undefined) return [];
  const tenants = sortedKeys(new Map(Object.entries(live)), new Map(Object.entries(file)));
  return tenants.flatMap((tenantId) => {
    const before = new Map(Object.entries(live[tenantId] ?? {}));
    const after = new Map(Object.entries(file[tenantId] ?? {}));
    return sortedKeys(before, after).flatMap((serviceId) => {
      const wanted = after.get(serviceId);
      const found = compare('assignment', [tenantId, serviceId], wholeCell(before.get(serviceId)), wholeCell(wanted));
      return wanted === null ? found.map((one) => ({ ...one, file: null })) : found;
    });
  });
}

function wholeCell(cell: ConfigCell | null | undefined): { version: string; pinned: boolean } | undefined {
  if (cell == null) return undefined;
  return typeof cell === 'string' ? { version: cell, pinned: false } : cell;
}

function compare(kind: EntityKind, names: readonly string[], live: unknown, file: unknown): Difference[] {
  if (live === undefined && file === undefined) return [];
  const action = live === undefined ? 'create' : file === undefined ? 'remove' : 'change';
  const values = action === 'change' ? compareValues(live, file) : [];
  return action === 'change' && values.length === 0 ? [] : [{ kind, names, action, values, live, file }];
}

/** The fields that the other has too. */
function pick(from: object, like: object): object {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key in like));
}

function without(from: object, field: string): object {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key !== field));
}

function sortedKeys(...maps: ReadonlyMap<string, unknown>[]): string[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))].sort();
}
