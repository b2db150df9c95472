import type { Engine } from '@grey/schema-upgrades';

/** What the database of the router holds of a schema's number. */
const HIGHEST = 2_147_483_647;

export interface VersionRange {
  readonly version: string;
  readonly ordinal: number;
  readonly schemaMin?: number;
  readonly schemaMax?: number;
}

export interface NumberedSet {
  readonly version: string;
  readonly engine: Engine;
  readonly schemaVersion: number;
}

/** What is known of a service when a set of one of its versions gets its number. */
export interface SchemaNumbers {
  /** Also one that is not there yet. */
  readonly version: string;
  readonly engine: Engine;
  readonly versions: readonly VersionRange[];
  readonly sets: readonly NumberedSet[];
}

/**
 * The number of the schema after a set, where nobody says one: as it was, as for the other kind of database, what the
 * version asks for where that is one number, else one more than the highest that the service knows of: its sets, and what
 * versions before this one ask for.
 */
export function chooseSchemaVersion({ version, engine, versions, sets }: SchemaNumbers): number {
  const own = sets.filter((one) => one.version === version);
  const kept = own.find((one) => one.engine === engine) ?? own[0];
  if (kept !== undefined) return kept.schemaVersion;
  const range = versions.find((one) => one.version === version);
  if (range?.schemaMin !== undefined && range.schemaMin === range.schemaMax) return range.schemaMin;
  const older = versions.filter(({ ordinal }) => ordinal < (range?.ordinal ?? Number.POSITIVE_INFINITY));
  const declared = older.flatMap(({ schemaMin = 0, schemaMax = 0 }) => [schemaMin, schemaMax]);
  return Math.max(0, ...declared, ...sets.map((one) => one.schemaVersion)) + 1;
}

/** Why a set cannot have that number; undefined when it can. */
export function faultOfSchemaVersion(
  schemaVersion: number,
  { version, engine, versions, sets }: SchemaNumbers,
): string | undefined {
  if (schemaVersion > HIGHEST) return `${schemaVersion} is too high: at most ${HIGHEST}`;
  const holder = sets.find(
    (one) => one.engine === engine && one.schemaVersion === schemaVersion && one.version !== version,
  );
  if (holder !== undefined) return `schema ${schemaVersion} is that of ${holder.version} already`;
  const { schemaMin, schemaMax } = versions.find((one) => one.version === version) ?? {};
  if (schemaMin !== undefined && schemaVersion < schemaMin)
    return `${version} asks for at least schema ${schemaMin}, so its migrations cannot lead to ${schemaVersion}`;
  if (schemaMax !== undefined && schemaVersion > schemaMax)
    return `${version} takes at most schema ${schemaMax}, so its migrations cannot lead to ${schemaVersion}`;
  return undefined;
}
