import type { MigrationFinding } from '@grey/contracts';
import { countOf } from '../terminal/format-table.ts';
import { type Paint, printable } from '../terminal/paint.ts';

/** One finding a line, with what to write instead below it; what the policy allows is left out. */
export function formatMigrationFindings(findings: readonly MigrationFinding[], paint: Paint): string {
  return findings
    .filter(({ ruling, source }) => ruling !== 'allow' || source === 'files')
    .map((finding) => {
      const { ruling, code, file, line, message, mend, accepted } = finding;
      const words = { refuse: paint.bad('refused'), warn: paint.warn('warning'), allow: paint.dim('note') };
      const place = file === '' ? '' : ` ${printable(file)}${line === null ? '' : `:${line}`}`;
      const why = accepted === null ? '' : ` Accepted: ${printable(accepted)}`;
      const below = mend === '' || accepted !== null ? '' : `        ${printable(mend)}\n`;
      return `${words[ruling]}${place}: ${printable(message)} (${code})${why}\n${below}`;
    })
    .join('');
}

/** `5 migrations to schema 2; 1 warning`. */
export function summaryOf(
  migrationCount: number,
  schemaVersion: number,
  findings: readonly Pick<MigrationFinding, 'ruling'>[],
): string {
  const count = (ruling: string) => findings.filter((one) => one.ruling === ruling).length;
  const refused = count('refuse') === 0 ? '' : `, ${countOf(count('refuse'), 'refusal')}`;
  return `${countOf(migrationCount, 'migration')} to schema ${schemaVersion}${refused}, ${countOf(count('warn'), 'warning')}`;
}
