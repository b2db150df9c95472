import { type Fault, type VersionCompatibility, versionCompatibilitySchema } from '@grey/contracts';
import { parse, stringify } from 'yaml';
import { ApiError } from '../infra/http/api-error.ts';

export interface ServiceCompatibility {
  readonly serviceId: string;
  readonly versions: readonly VersionCompatibility[];
}

/** Aliases may repeat parts; more than this is no configuration but an attempt to blow it up. */
const ALIAS_LIMIT = 50;
const FAULTS_SHOWN = 50;

/** The matrix as YAML: what is not said is left out, labels that look like numbers are quoted. */
export function writeCompatibilityFile(services: readonly ServiceCompatibility[]): string {
  const matrix = Object.fromEntries(
    services.map(({ serviceId, versions }) => [
      serviceId,
      Object.fromEntries(versions.map((one) => [one.version, writtenVersion(one)])),
    ]),
  );
  return stringify({ compatibility_matrix: matrix }, { lineWidth: 120 });
}

function writtenVersion({ compatibleWith, breakingChanges, migrationRequired, requires }: VersionCompatibility) {
  return {
    ...(compatibleWith === null ? {} : { compatible_with: compatibleWith }),
    breaking_changes: breakingChanges,
    ...(migrationRequired ? { migration_required: true } : {}),
    ...(requires.length === 0
      ? {}
      : { requires: Object.fromEntries(requires.map(({ serviceId, range }) => [serviceId, range])) }),
  };
}

/**
 * Reads a matrix in YAML. Every scalar is taken as it was written, so that version `1.10` does not become 1.1.
 * @throws ApiError VALIDATION_FAILED with the places
 */
export function readCompatibilityFile(content: string): ServiceCompatibility[] {
  const faults: Fault[] = [];
  const root = membersOf(parseYaml(content));
  const matrix = membersOf(root?.compatibility_matrix);
  if (matrix === undefined) throw invalid([{ path: 'content', message: 'has no map `compatibility_matrix`' }]);
  const services = Object.entries(matrix).map(([serviceId, versions]) => ({
    serviceId,
    versions: Object.entries(membersOf(versions) ?? {}).flatMap(([version, said]) => {
      const path = `content.compatibility_matrix.${serviceId}.${version}`;
      const parsed = versionCompatibilitySchema.safeParse(readVersion(version, said));
      if (parsed.success) return [parsed.data];
      for (const issue of parsed.error.issues)
        faults.push({ path: [path, ...issue.path].join('.'), message: issue.message.slice(0, 300) });
      return [];
    }),
  }));
  if (faults.length > 0) throw invalid(faults);
  return services;
}

/** In the words of the contract; what it does not know stays, to be refused there. */
function readVersion(version: string, said: unknown): unknown {
  if (said === '') return { version };
  const members = membersOf(said);
  if (members === undefined) return said;
  const { compatible_with, breaking_changes, migration_required, requires, ...rest } = members;
  return {
    version,
    ...rest,
    ...(compatible_with === undefined ? {} : { compatibleWith: compatible_with === '' ? null : compatible_with }),
    ...(breaking_changes === undefined ? {} : { breakingChanges: switchOf(breaking_changes) }),
    ...(migration_required === undefined ? {} : { migrationRequired: switchOf(migration_required) }),
    ...(requires === undefined ? {} : { requires: readRequires(requires) }),
  };
}

function readRequires(requires: unknown): unknown {
  const members = membersOf(requires);
  return members === undefined ? requires : Object.entries(members).map(([serviceId, range]) => ({ serviceId, range }));
}

function switchOf(text: unknown): unknown {
  return text === 'true' ? true : text === 'false' ? false : text;
}

function parseYaml(content: string): unknown {
  try {
    return parse(content, { schema: 'failsafe', maxAliasCount: ALIAS_LIMIT, uniqueKeys: true, logLevel: 'error' });
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw invalid([{ path: 'content', message: `is no YAML: ${line.slice(0, 200)}` }]);
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

function invalid(faults: readonly Fault[]): ApiError {
  const [first] = faults;
  return new ApiError('VALIDATION_FAILED', {
    detail: `${first?.path} ${first?.message}`,
    errors: faults.slice(0, FAULTS_SHOWN),
  });
}
