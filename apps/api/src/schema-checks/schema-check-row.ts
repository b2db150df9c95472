import type { SchemaDrift, TenantSchema } from '@grey/contracts';
import { compareObjects, type ObjectDigests } from '@grey/schema-upgrades';

/** What the last look that reached the database came to; `unreachable` is told by the error of a later one. */
export type DriftVerdict = 'unknown' | 'none' | 'drifted' | 'accepted';

/** What was found in a tenant's database, and what should be found. */
export interface SchemaCheckRow {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly drift: DriftVerdict;
  /** Digest of the catalogue that should be there. */
  readonly baseline: string | null;
  /** Digest of the one that was found. */
  readonly live: string | null;
  /** As they were found; versions are not kept with them. */
  readonly ledger: readonly KeptLedgerRow[];
  readonly ledgerFaults: readonly string[];
  /** Of catalogue and faults; what is accepted. */
  readonly digest: string | null;
  readonly byteCount: bigint | null;
  readonly error: string | null;
  readonly checkedAt: Date | null;
  readonly acceptedDigest: string | null;
  readonly acceptedBy: string | null;
  readonly acceptedAt: Date | null;
  readonly acceptedReason: string | null;
}

/** A ledger row as JSON keeps it. */
export type KeptLedgerRow = Omit<TenantSchema['ledger'][number], 'version'>;

/** A cell that nobody has looked at. */
export function unseen(tenantId: string, serviceId: string): SchemaCheckRow {
  return {
    tenantId,
    serviceId,
    drift: 'unknown',
    baseline: null,
    live: null,
    ledger: [],
    ledgerFaults: [],
    digest: null,
    byteCount: null,
    error: null,
    checkedAt: null,
    acceptedDigest: null,
    acceptedBy: null,
    acceptedAt: null,
    acceptedReason: null,
  };
}

/** Objects of the two catalogues of a row. */
export interface KeptObjects {
  readonly baseline: ObjectDigests;
  readonly live: ObjectDigests;
}

/** Objects that a view names of each kind; who has more than that has another database. */
const SHOWN_OBJECTS = 500;

export function driftView(row: SchemaCheckRow, objects: KeptObjects | undefined): SchemaDrift {
  const isShown = row.drift === 'drifted' || row.drift === 'accepted';
  const difference =
    objects === undefined || !isShown
      ? { added: [], removed: [], changed: [] }
      : compareObjects(objects.baseline, objects.live);
  const isAccepted = row.drift === 'accepted';
  return {
    // Drift that was seen is not gone because nobody can look.
    state: row.error === null || row.drift === 'drifted' ? row.drift : 'unreachable',
    checkedAt: row.checkedAt?.toISOString() ?? null,
    added: difference.added.slice(0, SHOWN_OBJECTS),
    removed: difference.removed.slice(0, SHOWN_OBJECTS),
    changed: difference.changed.slice(0, SHOWN_OBJECTS),
    ledger: [...row.ledgerFaults],
    digest: row.digest,
    acceptedBy: isAccepted ? row.acceptedBy : null,
    acceptedAt: isAccepted ? (row.acceptedAt?.toISOString() ?? null) : null,
    acceptedReason: isAccepted ? row.acceptedReason : null,
    error: row.error,
  };
}
