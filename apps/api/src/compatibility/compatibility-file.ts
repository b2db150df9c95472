import { type Fault, type VersionCompatibility, versionCompatibilitySchema } from '@grey/contracts';
import { type Document, isMap, isScalar, LineCounter, parseDocument, stringify } from 'yaml';
import { ApiError } from '../infra/http/api-error.ts';

export interface ServiceCompatibility {
  readonly serviceId: string;
  readonly versions: readonly VersionCompatibility[];
}

/** What a file says, and where: a fault that is found later can still be told with its line. */
export interface CompatibilityFile {
  readonly services: readonly ServiceCompatibility[];
  /** @param path of a fault as `findFaults` writes it, of the versions of the service */
  locate(serviceId: string, fault: Fault): Fault;
}

/** Aliases may repeat parts; more than this is no configuration but an attempt to blow it up. */
const ALIAS_LIMIT = 50;
const FAULTS_SHOWN = 50;
const MATRIX = 'compatibility_matrix';

/** The matrix as YAML: what is not said is left out, labels that look like numbers are quoted. */
export function writeCompatibilityFile(services: readonly ServiceCompatibility[]): string {
  const matrix = Object.fromEntries(
    services.map(({ serviceId, versions }) => [
      serviceId,
      Object.fromEntries(versions.map((one) => [one.version, writtenVersion(one)])),
    ]),
  );
  return stringify({ [MATRIX]: matrix }, { lineWidth: 120 });
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
export function readCompatibilityFile(content: string): CompatibilityFile {
  const faults: Fault[] = [];
  const lines = new LineCounter();
  const document = parseYaml(content, lines);
  const root = membersOf(toPlain(document));
  const matrix = membersOf(root?.[MATRIX]);
  if (matrix === undefined) throw invalid([{ path: 'content', message: 'has no map `compatibility_matrix`' }]);
  const lineOf = (serviceId: string, ...path: string[]) => findLine(document, lines, [MATRIX, serviceId, ...path]);
  const services = Object.entries(matrix).map(([serviceId, versions]) => ({
    serviceId,
    versions: Object.entries(membersOf(versions) ?? {}).flatMap(([version, said]) => {
      const path = `content.${MATRIX}.${serviceId}.${version}`;
      const parsed = versionCompatibilitySchema.safeParse(readVersion(version, said));
      if (parsed.success) return [parsed.data];
      for (const issue of parsed.error.issues)
        faults.push({
          path: [path, ...issue.path].join('.'),
          message: `${lineOf(serviceId, version)}${issue.message.slice(0, 300)}`,
        });
      return [];
    }),
  }));
  if (faults.length > 0) throw invalid(faults);
  return {
    services,
    locate: (serviceId, { path, message }) => {
      const [, index, rest = ''] = /^\[(\d+)\](.*)$/.exec(path) ?? [];
      const found = services.find((one) => one.serviceId === serviceId)?.versions[Number(index)];
      const base = `content.${MATRIX}.${serviceId}`;
      if (found === undefined) return { path: base, message: `${lineOf(serviceId)}${message}` };
      const needed = found.requires[Number(/requires\[(\d+)\]/.exec(rest)?.[1])]?.serviceId;
      const place = needed === undefined ? [] : ['requires', needed];
      const line = lineOf(serviceId, found.version, ...place);
      return { path: [base, found.version, ...place].join('.'), message: `${line}${message}` };
    },
  };
}

/** `line 7: ` of the key that stands there, or nothing where none does. Lines count from 1. */
function findLine(document: Document, lines: LineCounter, path: readonly string[]): string {
  const parent = document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
  const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  return offset === undefined ? '' : `line ${lines.linePos(offset).line}: `;
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

function parseYaml(content: string, lineCounter: LineCounter): Document {
  const document = parseDocument(content, { schema: 'failsafe', uniqueKeys: true, lineCounter });
  const [fault] = document.errors;
  if (fault !== undefined) throw noYaml(fault);
  return document;
}

function toPlain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIAS_LIMIT });
  } catch (error) {
    throw noYaml(error);
  }
}

function noYaml(error: unknown): ApiError {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return invalid([{ path: 'content', message: `is no YAML: ${line.slice(0, 200)}` }]);
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
