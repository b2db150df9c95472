import { compareOrder, type MigrationFileName, readMigrationFileName } from './migration-file-name.ts';
import { errorAt, type SetFinding, type SetFindingCode, warningAt } from './set-finding.ts';
import type { SetFile } from './set-limits.ts';

type NamedFile = SetFile & { readonly named: Extract<MigrationFileName, { kind: 'migration' }> };

/** The files of one migration. */
export interface MigrationFiles {
  readonly up: NamedFile;
  readonly down: NamedFile | null;
  /** Flyway's `V1__x.sql.conf`. */
  readonly configuration: NamedFile | null;
}

const UNSUPPORTED: Readonly<Record<string, [SetFindingCode, string]>> = {
  repeatable: [
    'FLYWAY_REPEATABLE',
    'Repeatable migrations run whenever their text changes; give this one a number (V…__).',
  ],
  baseline: [
    'FLYWAY_BASELINE',
    "Baselines stand for migrations that ran elsewhere; name a tenant's schema version instead.",
  ],
  callback: ['FLYWAY_CALLBACK', 'Callbacks are not run; make it a migration.'],
};

/**
 * Puts the files of a set in order and together: ups with their downs. Gaps are told once numbers look counted by hand
 * (below 100 000), since a gap among time stamps says nothing.
 */
export function sortFiles(files: readonly SetFile[]): { groups: MigrationFiles[]; findings: SetFinding[] } {
  const findings: SetFinding[] = [];
  const named: NamedFile[] = [];
  for (const file of files) {
    const name = readMigrationFileName(file.path.split('/').at(-1)!);
    if (name.kind === 'migration') named.push({ ...file, named: name });
    else if (name.kind === 'flyway-unsupported') findings.push(unsupported(file.path, name.what));
    else if (name.kind === 'unknown') findings.push(warningAt('FILE_UNKNOWN', file.path, null, UNKNOWN));
  }
  named.sort((left, right) => compareOrder(left.named.order, right.named.order));
  if (new Set(named.map((file) => file.named.naming)).size > 1) {
    findings.push(
      errorAt(
        'NAMING_MIXED',
        '',
        null,
        "A set is named our way or Flyway's, not both: the order would be anyone's guess.",
      ),
    );
  }
  const groups: MigrationFiles[] = [];
  for (const members of chunk(named)) groups.push(...together(members, findings));
  findings.push(...gapsOf(groups));
  return { groups, findings };
}

const UNKNOWN = 'The name is none of a migration, such as 0001_add_preferences.up.sql; the file is left out.';

function unsupported(path: string, what: string): SetFinding {
  const [code, message] = UNSUPPORTED[what]!;
  return errorAt(code, path, null, message);
}

/** Neighbours of the same number. */
function chunk(sorted: readonly NamedFile[]): NamedFile[][] {
  const chunks: NamedFile[][] = [];
  for (const file of sorted) {
    const last = chunks.at(-1);
    if (last !== undefined && compareOrder(last[0]!.named.order, file.named.order) === 0) last.push(file);
    else chunks.push([file]);
  }
  return chunks;
}

function together(members: readonly NamedFile[], findings: SetFinding[]): MigrationFiles[] {
  const of = (side: NamedFile['named']['side']) => members.filter((file) => file.named.side === side);
  const [up, ...otherUps] = of('up');
  const [down, ...otherDowns] = of('down');
  if (up === undefined) {
    const file = members[0]!;
    findings.push(errorAt('UP_MISSING', file.path, null, `There is no up for ${file.named.name}.`));
    return [];
  }
  for (const file of [...otherUps, ...otherDowns]) {
    const first = file.named.side === 'up' ? up.path : down!.path;
    findings.push(errorAt('NUMBER_DUPLICATE', file.path, null, `${first} has the same number.`));
  }
  if (down !== undefined && down.named.naming === 'grey' && down.named.name !== up.named.name) {
    findings.push(errorAt('UP_MISSING', down.path, null, `There is no up of this name; ${up.path} has the number.`));
  }
  return [{ up, down: down ?? null, configuration: of('configuration')[0] ?? null }];
}

function gapsOf(groups: readonly MigrationFiles[]): SetFinding[] {
  return groups.flatMap(({ up }, index) => {
    const before = groups[index - 1]?.up.named.order;
    const order = up.named.order;
    if (before?.length !== 1 || order.length !== 1 || order[0]! >= 100_000n) return [];
    const first = before[0]! + 1n;
    const last = order[0]! - 1n;
    if (last < first) return [];
    const missing = first === last ? `Number ${first} is` : `Numbers ${first} to ${last} are`;
    return [warningAt('NUMBER_GAP', up.path, null, `${missing} missing; was a file left out?`)];
  });
}
