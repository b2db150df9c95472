import { type CompiledCondition, compileCondition, compilePortion, type Facts } from '../conditions/index.ts';
import type { VersionNames } from '../names.ts';
import type { LaneRecord } from '../routing-records.ts';

/** A lane ready to be asked. */
export interface CompiledLane {
  readonly tag: string;
  readonly isStrict: boolean;
  /** Names of versions by service; of two entries for one service the later counts. */
  readonly versions: ReadonlyMap<string, string>;
  readonly condition: CompiledCondition | null;
  readonly portion: ((facts: Facts) => boolean) | null;
}

/** All lanes of a snapshot. */
export interface LaneTable {
  readonly records: ReadonlyMap<string, LaneRecord>;
  readonly byTag: ReadonlyMap<string, CompiledLane>;
  /** Those that requests without a tag may enter, in the order of their tags. */
  readonly entries: readonly CompiledLane[];
}

export const NO_LANES: LaneTable = { records: new Map(), byTag: new Map(), entries: [] };

/** @param records by tag */
export function compileLanes(records: ReadonlyMap<string, LaneRecord>): LaneTable {
  const sorted = [...records.values()].sort((x, y) => (x.tag < y.tag ? -1 : 1));
  const byTag = new Map(sorted.map((record) => [record.tag, compileLane(record)]));
  const entries = sorted.filter(({ entry }) => entry !== undefined).map(({ tag }) => byTag.get(tag)!);
  return { records, byTag, entries };
}

function compileLane({ tag, mode, versions, entry }: LaneRecord): CompiledLane {
  return {
    tag,
    isStrict: mode === 'strict',
    versions: new Map(versions.map(({ serviceId, version }) => [serviceId, version])),
    condition: entry?.when === undefined ? null : compileCondition(entry.when),
    portion: entry?.portion === undefined ? null : compilePortion(entry.portion),
  };
}

/**
 * Gives the versions that lanes name their numbers in these services, so that a decision finds them.
 * @throws SnapshotLimitError
 */
export function numberLaneVersions(
  { byTag }: LaneTable,
  services: Iterable<{ readonly id: string; readonly names: VersionNames }>,
): void {
  if (byTag.size === 0) return;
  for (const { id, names } of services) {
    for (const { versions } of byTag.values()) {
      const version = versions.get(id);
      if (version !== undefined) names.number(version);
    }
  }
}
