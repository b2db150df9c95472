import type { Phase } from '../migration.ts';
import type { ObjectDigests } from './catalogue.ts';
import type { LedgerRow, LedgerState, Step } from './tenant-database.ts';
import { UpgradeError } from './upgrade-error.ts';

export const LEDGER_TABLE = 'schema_version';

/**
 * Name of the row that counts the fencing tokens of a service. A counter and not a lock: it keeps nobody out by being
 * there, and nothing has to be cleaned up when its last writer dies.
 */
export const FENCE = '(fence)';

/** Whose ledger a session writes, and with which token. */
export interface Holding {
  readonly serviceId: string;
  readonly token: bigint;
}

export interface LedgerWrite {
  readonly step: Step;
  readonly state: LedgerState;
  readonly statement: number;
  readonly objectsBefore: ObjectDigests | null;
  /** Null keeps what was noted for the same step. */
  readonly objectsAtStart: ObjectDigests | null;
  readonly message: string | null;
}

/** A note about a step; what is not given is what a step has that is on its way. */
export function noteOf(step: Step, statement: number, more: Partial<LedgerWrite> = {}): LedgerWrite {
  const state = step.direction === 'up' ? 'running' : 'reverting';
  return { step, state, statement, objectsBefore: null, objectsAtStart: null, message: null, ...more };
}

/** What is written of a row, in the order of the columns but for its times. */
export function ledgerValues({ serviceId, token }: Holding, row: LedgerWrite): readonly (string | number | null)[] {
  const { migration, runId, by } = row.step;
  return [
    serviceId,
    migration.name,
    migration.checksum,
    migration.phase,
    row.state,
    runId,
    by,
    String(token),
    row.statement,
    row.objectsBefore === null ? null : JSON.stringify(row.objectsBefore),
    row.message?.slice(0, 16_000) ?? null,
    row.objectsAtStart === null ? null : JSON.stringify(row.objectsAtStart),
  ];
}

/** Only what has come to an end has a time of its end. */
export function isFinished(row: LedgerWrite): boolean {
  return row.state === 'applied' || row.state === 'reverted';
}

/**
 * Nobody writes without the lock, nor once a newer runner has been seen.
 *
 * @param newest token in the ledger, as the server gave it; undefined when there is none
 * @throws UpgradeError FENCED
 */
export function checkToken({ token }: Holding, newest: string | number | undefined): void {
  if (newest !== undefined && BigInt(newest) === token) return;
  const has = newest === undefined ? 'no token at all' : `token ${newest}`;
  throw new UpgradeError('FENCED', `A newer runner has taken over: the ledger has ${has}, this one ${token}`);
}

/** @throws UpgradeError FENCED */
export function checkHolding(holding: Holding | undefined): Holding {
  if (holding === undefined) throw new UpgradeError('FENCED', 'Nothing is written without the lock');
  return holding;
}

/** A row as the libraries give it. */
export interface RawLedgerRow {
  readonly name: string;
  readonly checksum: string;
  readonly phase: string;
  readonly state: string;
  readonly run_id: string;
  readonly by: string;
  readonly fencing_token: string | number;
  readonly statement: number;
  readonly objects_before: string | null;
  readonly objects_at_start?: string | null;
  readonly message: string | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

const STATES: ReadonlySet<string> = new Set<LedgerState>([
  'running',
  'applied',
  'reverting',
  'reverted',
  'needs_operator',
]);

/** Another tool's table has our name: Flyway before 5 called its own so. */
export function notOurs(label: string): UpgradeError {
  const message = `${label} has a ${LEDGER_TABLE} that is not ours, of another tool perhaps: give it another name`;
  return new UpgradeError('PLAN_INVALID', message);
}

/** @throws UpgradeError PLAN_INVALID for what we never wrote */
export function parseLedgerRow(raw: RawLedgerRow): LedgerRow {
  const objectsBefore = parseObjects(raw.objects_before);
  const objectsAtStart = parseObjects(raw.objects_at_start ?? null);
  if (objectsBefore === undefined || objectsAtStart === undefined || !STATES.has(raw.state)) {
    const message = `The ledger's row ${raw.name} is not as a runner writes it, so somebody has changed it: put it right first`;
    throw new UpgradeError('PLAN_INVALID', message);
  }
  return {
    name: raw.name,
    checksum: raw.checksum,
    phase: raw.phase as Phase,
    state: raw.state as LedgerState,
    runId: raw.run_id,
    by: raw.by,
    fencingToken: BigInt(raw.fencing_token),
    statement: raw.statement,
    objectsBefore,
    objectsAtStart,
    message: raw.message,
    startedAt: raw.started_at,
    finishedAt: raw.finished_at,
  };
}

/** @returns undefined for what is none */
function parseObjects(text: string | null): ObjectDigests | null | undefined {
  try {
    return text === null ? null : (JSON.parse(text) as ObjectDigests);
  } catch {
    return undefined;
  }
}
