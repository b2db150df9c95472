import { findSchema, findService, type SchemaRecord, type Snapshot, type VersionRecord } from '@grey/route-core';

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
 * @param fromVersion what they are to be taken off @param toVersion what cannot serve them
 */
export function tellBeyondHorizon(
  snapshot: Snapshot,
  serviceId: string,
  { fromVersion, toVersion }: { readonly fromVersion: string; readonly toVersion: string },
  tenantIds: readonly string[],
): BeyondHorizon[] {
  const versions = findService(snapshot, serviceId)?.versions ?? [];
  const from = versions.find(({ version }) => version === fromVersion);
  const target = versions.find(({ version }) => version === toVersion);
  const sentences = new Map<string, string>();
  return tenantIds.map((tenantId) => {
    const schema = findSchema(snapshot, tenantId, serviceId);
    const key = `${schema?.schemaVersion} ${schema?.expandedTo}`;
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
  const help =
    other !== undefined
      ? `${other.version} serves it`
      : isTooNew
        ? 'its migrations have to be taken back, or a backup restored, before: its horizon says which'
        : 'its schema has to be upgraded before';
  return `beyond its rollback horizon: its schema serves ${span}, and ${version} ${asks}; ${help}`;
}
