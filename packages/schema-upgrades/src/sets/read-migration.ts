import type { Engine, Migration, Phase } from '../migration.ts';
import { checksumOf } from './checksum.ts';
import { type Directives, readDirectives } from './directives.ts';
import { normaliseSql } from './normalise-sql.ts';
import { errorAt, type SetFinding, warningAt } from './set-finding.ts';
import type { SetLimits } from './set-limits.ts';
import type { MigrationFiles } from './sort-files.ts';
import { splitStatements } from './split/split-statements.ts';

/** Statements that MySQL takes back with a transaction; everything else commits by itself there. */
const MYSQL_DATA = /^(insert|update|delete|replace|select|with|set)\b/i;

/**
 * Makes a migration of its files. The phase is what the file's name or its directive says (both must agree), `expand`
 * without either. What is wrong is pushed to `findings`; with an error among them the migration must not be used.
 */
export function readMigration(
  files: MigrationFiles,
  engine: Engine,
  limits: SetLimits,
  findings: SetFinding[],
): { migration: Migration; statementCount: number } {
  const { up, down, configuration } = files;
  const upText = normaliseSql(up.text);
  const downText = down === null ? null : normaliseSql(down.text);
  const head = readDirectives(upText, up.path);
  findings.push(
    ...head.findings,
    ...(downText === null ? [] : checkDown(downText, down!.path, head.directives, up.path)),
  );
  const statements = checkStatements(upText, up.path, engine, limits, findings);
  if (statements.length === 0) findings.push(errorAt('UP_EMPTY', up.path, null, 'The file has no statement.'));
  const downStatements = downText === null ? [] : checkStatements(downText, down!.path, engine, limits, findings);
  if (up.named.naming === 'flyway') findings.push(...placeholders(upText, up.path));
  const { name } = up.named;
  if (name.length > limits.nameLength) {
    findings.push(errorAt('NAME_TOO_LONG', up.path, null, `A name has at most ${limits.nameLength} characters.`));
  }
  const isDataOnly = [...statements, ...downStatements].every((text) => MYSQL_DATA.test(text));
  const asksForNone =
    head.directives.isNoTransaction ||
    /^[ \t]*executeInTransaction[ \t]*=[ \t]*false[ \t]*$/m.test(normaliseSql(configuration?.text ?? ''));
  const fields = {
    name,
    phase: phaseOf(up.named.phase, head.directives, up.path, findings),
    isTransactional: !asksForNone && (engine === 'postgres' || isDataOnly),
    up: upText,
    down: downText,
  };
  const statementCount = statements.length + downStatements.length;
  return { migration: { ...fields, checksum: checksumOf(fields) }, statementCount };
}

function phaseOf(fromName: Phase | null, directives: Directives, path: string, findings: SetFinding[]): Phase {
  const { phase, lines } = directives;
  if (fromName !== null && phase !== null && fromName !== phase) {
    const message = `The name of the file says ${fromName}, the directive ${phase}.`;
    findings.push(errorAt('PHASE_CONFLICT', path, lines.get('phase') ?? null, message));
  }
  return fromName ?? phase ?? 'expand';
}

/** The head of the up speaks for both sides; in a down only what the linter accepts has a meaning. */
function checkDown(text: string, path: string, up: Directives, upPath: string): SetFinding[] {
  const { directives, findings } = readDirectives(text, path);
  for (const [word, line] of directives.lines) {
    if (!['phase', 'no-transaction', 'irreversible'].includes(word)) continue;
    findings.push(
      errorAt('DIRECTIVE_MISPLACED', path, line, `"grey: ${word}" belongs into ${upPath}; it counts for both sides.`),
    );
  }
  if (up.irreversible !== null) {
    findings.push(
      errorAt(
        'IRREVERSIBLE_WITH_DOWN',
        path,
        null,
        `${upPath} declares the migration irreversible, and here is its down.`,
      ),
    );
  }
  return findings;
}

function checkStatements(
  sql: string,
  path: string,
  engine: Engine,
  limits: SetLimits,
  findings: SetFinding[],
): string[] {
  const { statements, faults } = splitStatements(sql, engine);
  for (const fault of faults) findings.push(errorAt('SQL_UNTERMINATED', path, fault.line, `Here ${fault.message}.`));
  if (statements.length > limits.statementCount) {
    const message = `${statements.length} statements; a file has at most ${limits.statementCount}.`;
    findings.push(errorAt('STATEMENTS_TOO_MANY', path, null, message));
  }
  for (const { text, line } of statements) {
    const bytes = Buffer.byteLength(text);
    if (bytes <= limits.statementBytes) continue;
    findings.push(
      errorAt('STATEMENT_TOO_LARGE', path, line, `${bytes} bytes; a statement has at most ${limits.statementBytes}.`),
    );
  }
  return statements.map((one) => one.text);
}

/** Flyway fills `${name}` in; we run the text as it is. */
function placeholders(sql: string, path: string): SetFinding[] {
  return sql.split('\n').flatMap((text, index) => {
    const match = /\$\{[\w:.-]+\}/.exec(text);
    if (match === null) return [];
    return [
      warningAt(
        'FLYWAY_PLACEHOLDER',
        path,
        index + 1,
        `${match[0]} is not filled in; the server gets it as it stands.`,
      ),
    ];
  });
}
