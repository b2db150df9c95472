import {
  findSchema,
  findService,
  type HoldRecord,
  type SchemaRecord,
  type Snapshot,
  type VersionRecord,
} from '@grey/route-core';

/** What is said of a tenant whose schema a version cannot serve. */
export interface BeyondHorizon {
  readonly tenantId: string;
  readonly code: 'BEYOND_HORIZON';
  readonly message: string;
}

/**
 * Why tenants stay where they are, and what would help, by what this process routes by alone: it is asked with everything
 * else down. Tenants whose schemas serve the same share a sentence.
 *
 * @param hold what they were to be taken off by @param tenants with the version that holds lead them to, which cannot serve them
 */
export function tellBeyondHorizon(
  snapshot: Snapshot,
  { serviceId, fromVersion, toVersion }: Pick<HoldRecord, 'serviceId' | 'fromVersion' | 'toVersion'>,
  tenants: readonly { readonly tenantId: string; readonly version: string | null }[],
): BeyondHorizon[] {
  const versions = findService(snapshot, serviceId)?.versions ?? [];
  const from = versions.find(({ version }) => version === fromVersion);
  const sentences = new Map<string, string>();
  return tenants.map(({ tenantId, version: landed }) => {
    const target = versions.find(({ version }) => version === (landed ?? toVersion));
    const schema = findSchema(snapshot, tenantId, serviceId);
    const key = JSON.stringify([target?.version, schema?.schemaVersion, schema?.expandedTo, schema?.isMigrating]);
    const message = sentences.get(key) ?? sentenceOf(schema, target, nearest(versions, from, target, schema));
    sentences.set(key, message);
    return { tenantId, code: 'BEYOND_HORIZON', message };
  });
}

/** The newest version below the one that is rolled back which serves the schema. */
function nearest(
  versions: readonly VersionRecord[],
  from: VersionRecord | undefined,
  target: VersionRecord | undefined,
  schema: SchemaRecord | undefined,
): VersionRecord | undefined {
  return versions
    .filter((one) => one.status !== 'retired' && one !== target && one.ordinal < (from?.ordinal ?? 0))
    .filter((one) => schema === undefined || serves(one, schema))
    .sort((one, other) => other.ordinal - one.ordinal)[0];
}

function serves({ schemaMin, schemaMax }: VersionRecord, { schemaVersion, expandedTo = schemaVersion }: SchemaRecord) {
  return (
    (schemaMin ?? Number.NEGATIVE_INFINITY) <= expandedTo && (schemaMax ?? Number.POSITIVE_INFINITY) >= schemaVersion
  );
}

function sentenceOf(
  schema: SchemaRecord | undefined,
  target: VersionRecord | undefined,
  other: VersionRecord | undefined,
): string {
  const { schemaVersion, expandedTo = schemaVersion } = schema ?? {};
  const span = expandedTo === schemaVersion ? `${schemaVersion}` : `${schemaVersion} to ${expandedTo}`;
  const { version, schemaMin, schemaMax } = target ?? {};
  const isTooNew = schemaMax !== undefined && schemaVersion !== undefined && schemaMax < schemaVersion;
  const asks = isTooNew ? `goes to ${schemaMax} at most` : `asks for at least ${schemaMin}`;
  const underWay =
    'an upgrade of it is under way: unless contract has begun it goes back when it is cancelled, as by a rollback of others too';
  const taken = 'its migrations have to be taken back, or a backup restored, before: its horizon says which';
  const help =
    isTooNew && schema?.isMigrating === true
      ? underWay
      : other !== undefined
        ? `${other.version} serves it`
        : isTooNew
          ? taken
          : 'its schema has to be upgraded before';
  return `beyond its rollback horizon: its schema serves ${span}, and ${version} ${asks}; ${help}`;
}
