import type { LintPolicy, SetFinding, SetReport } from '@grey/schema-upgrades';
import { ApiError } from '../infra/http/api-error.ts';
import { chooseSchemaVersion, faultOfSchemaVersion, type SchemaNumbers } from './choose-schema-version.ts';
import type { KeptMigration, SetDraft } from './migration-set-row.ts';
import type { ReadUpload } from './read-upload.ts';
import { shorten, showFileFinding, showFindings } from './show-findings.ts';

/** @param nameFaults what other sets have against it @throws ApiError MIGRATIONS_INVALID */
export function assertReadable(
  { migrations, report, findings }: ReadUpload,
  nameFaults: readonly SetFinding[],
  policy: LintPolicy,
): { migrations: readonly KeptMigration[]; report: SetReport } {
  const all = [...findings, ...nameFaults];
  const fault = all.find(({ severity }) => severity === 'error');
  if (migrations !== null && report !== null && fault === undefined) return { migrations, report };
  throw new ApiError('MIGRATIONS_INVALID', {
    ...(fault === undefined ? {} : { detail: `${fault.file === '' ? '' : `${fault.file}: `}${fault.message}` }),
    findings: shorten(showFindings(all, report, policy)),
  });
}

/** The number that is asked for, or the one that follows. @throws ApiError VALIDATION_FAILED */
export function assertNumber(wanted: number | undefined, numbers: SchemaNumbers): number {
  const schemaVersion = wanted ?? chooseSchemaVersion(numbers);
  const message = faultOfSchemaVersion(schemaVersion, numbers);
  if (message === undefined) return schemaVersion;
  throw new ApiError('VALIDATION_FAILED', {
    detail: `body.schemaVersion: ${message}`,
    errors: [{ path: 'body.schemaVersion', message }],
  });
}

/** @throws ApiError MIGRATIONS_APPLIED */
export function assertUntouched(faults: readonly SetFinding[]): void {
  const [first] = faults;
  if (first === undefined) return;
  throw new ApiError('MIGRATIONS_APPLIED', {
    detail: first.message,
    findings: shorten(faults.map(showFileFinding)),
  });
}

/** @throws ApiError MIGRATIONS_REFUSED */
export function assertAllowed({ report, findings }: SetDraft, policy: LintPolicy): void {
  const shown = showFindings(findings, report, policy);
  const refused = shown.filter(({ ruling }) => ruling === 'refuse');
  const [first] = refused;
  if (first === undefined) return;
  const more = refused.length > 1 ? ` And ${refused.length - 1} more.` : '';
  throw new ApiError('MIGRATIONS_REFUSED', {
    detail: `${first.file}${first.line === null ? '' : `:${first.line}`} ${first.code}: ${first.message}${more}`,
    findings: shorten(shown),
  });
}
