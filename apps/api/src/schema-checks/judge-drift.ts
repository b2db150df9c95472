import { createHash } from 'node:crypto';
import type { MigrationSet } from '@grey/schema-upgrades';
import type { DriftVerdict, KeptLedgerRow, SchemaCheckRow } from './schema-check-row.ts';

/** What one look at a database brought back. */
export interface Sight {
  /** Digest of the catalogue. */
  readonly live: string;
  readonly ledger: readonly KeptLedgerRow[];
}

/** What a look makes of what is known. */
export interface DriftJudgement {
  readonly drift: DriftVerdict;
  readonly ledgerFaults: readonly string[];
  readonly digest: string;
  /** The catalogue is taken for what should be there: nobody had looked before. */
  readonly isFirst: boolean;
  /** Somebody should hear of it: it was not so at the look before. */
  readonly isNews: boolean;
  /** There was drift, and there is none any more. */
  readonly isOver: boolean;
}

/**
 * Compares what is there with what should be. A catalogue is what it is by its digest; the ledger must agree with the sets.
 *
 * @param isMoving an upgrade is under way: what the catalogue should be is known when it has ended
 */
export function judgeDrift(
  before: Pick<SchemaCheckRow, 'drift' | 'baseline' | 'digest' | 'acceptedDigest'>,
  { live, ledger }: Sight,
  sets: readonly MigrationSet[],
  isMoving: boolean,
): DriftJudgement {
  const ledgerFaults = findLedgerFaults(ledger, sets);
  const digest = digestOf(live, ledgerFaults);
  if (isMoving) return { drift: before.drift, ledgerFaults, digest, isFirst: false, isNews: false, isOver: false };
  const isClean = ledgerFaults.length === 0 && (before.baseline === null || before.baseline === live);
  const drift = isClean ? 'none' : digest === before.acceptedDigest ? 'accepted' : 'drifted';
  return {
    drift,
    ledgerFaults,
    digest,
    isFirst: isClean && before.baseline === null,
    isNews: drift === 'drifted' && (before.drift !== 'drifted' || before.digest !== digest),
    isOver: drift === 'none' && (before.drift === 'drifted' || before.drift === 'accepted'),
  };
}

/** Where ledger and sets do not agree, a sentence each. What is merely unfinished is for the runner, and no fault. */
export function findLedgerFaults(ledger: readonly KeptLedgerRow[], sets: readonly MigrationSet[]): string[] {
  const checksums = new Map(sets.flatMap((set) => set.migrations.map((one) => [one.name, one.checksum] as const)));
  return ledger.flatMap(({ name, state, checksum, message }) => {
    if (state === 'needs_operator') return [`${name} needs an operator${message === null ? '' : `: ${message}`}`];
    if (state === 'reverted') return [];
    const known = checksums.get(name);
    if (known === undefined) return [`${name} is in the ledger, and no version here brings it`];
    if (known !== checksum) return [`${name} was carried out with another text than the one its version brings now`];
    return [];
  });
}

/** What is accepted: the catalogue with all that the ledger says against it. */
function digestOf(live: string, faults: readonly string[]): string {
  const hash = createHash('sha256').update(live);
  for (const fault of [...faults].sort()) hash.update(`\n${fault}`);
  return hash.digest('hex');
}
