import { LINT_CODES } from '../lint/lint-codes.ts';
import type { Phase } from '../migration.ts';
import { errorAt, type SetFinding } from './set-finding.ts';

/** What the comments `-- grey: …` of a file ask for. */
export interface Directives {
  readonly phase: Phase | null;
  readonly isNoTransaction: boolean;
  /** Why nothing takes the migration back; null without the directive. */
  readonly irreversible: string | null;
  /** Findings of the linter that the author takes responsibility for: code → why. */
  readonly accepted: ReadonlyMap<string, string>;
  /** Line of each directive by its word, from 1. */
  readonly lines: ReadonlyMap<string, number>;
}

const PHASES: readonly string[] = ['expand', 'migrate', 'contract'];

/**
 * Reads the directives in the head of a file: comment lines before the first line that is neither comment nor empty.
 * Further down `-- grey:` is an error rather than ignored, since somebody meant something by it.
 *
 * `phase expand|migrate|contract` · `no-transaction` · `irreversible REASON` · `accept CODE REASON`
 *
 * @param sql text with normalised line endings
 */
export function readDirectives(sql: string, file: string): { directives: Directives; findings: SetFinding[] } {
  const read: Reading = {
    phase: null,
    isNoTransaction: false,
    irreversible: null,
    accepted: new Map(),
    lines: new Map(),
  };
  const findings: SetFinding[] = [];
  let isHead = true;
  sql.split('\n').forEach((text, index) => {
    const match = /^\s*(?:--|#)\s*grey:(.*)$/.exec(text);
    if (match === null) {
      if (!/^\s*(--.*|#.*)?$/.test(text)) isHead = false;
      return;
    }
    const line = index + 1;
    if (isHead) findings.push(...take(read, match[1]!.trim(), file, line));
    else
      findings.push(
        errorAt('DIRECTIVE_MISPLACED', file, line, 'Directives stand above the first statement; move this one there.'),
      );
  });
  return { directives: read, findings };
}

interface Reading {
  phase: Phase | null;
  isNoTransaction: boolean;
  irreversible: string | null;
  readonly accepted: Map<string, string>;
  readonly lines: Map<string, number>;
}

function take(read: Reading, text: string, file: string, line: number): SetFinding[] {
  const [word = '', ...others] = text.split(/\s+/);
  const rest = others.join(' ');
  const incomplete = (wanted: string) => [
    errorAt('DIRECTIVE_INCOMPLETE', file, line, `"grey: ${word}" needs ${wanted}.`),
  ];
  read.lines.set(word, line);
  switch (word) {
    case 'phase':
      if (!PHASES.includes(rest)) return incomplete('one of expand, migrate, contract');
      if (read.phase !== null && read.phase !== rest)
        return [errorAt('PHASE_CONFLICT', file, line, 'The file names two phases.')];
      read.phase = rest as Phase;
      return [];
    case 'no-transaction':
      read.isNoTransaction = true;
      return [];
    case 'irreversible':
      if (rest === '') return incomplete('a reason, which whoever wants to go back will read');
      read.irreversible = rest;
      return [];
    case 'accept': {
      const [code = '', ...why] = others;
      if (!/^[A-Z_]+$/.test(code) || why.length === 0) return incomplete('the code of a finding and a reason');
      if (!(LINT_CODES as readonly string[]).includes(code)) {
        return [
          errorAt('DIRECTIVE_UNKNOWN', file, line, `The linter has no finding ${code}, so nothing would be accepted.`),
        ];
      }
      read.accepted.set(code, why.join(' '));
      return [];
    }
    default:
      return [
        errorAt(
          'DIRECTIVE_UNKNOWN',
          file,
          line,
          `"grey: ${word}" is not known; there are phase, no-transaction, irreversible and accept.`,
        ),
      ];
  }
}
