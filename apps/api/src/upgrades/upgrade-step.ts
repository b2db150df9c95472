import type { Change, Position, UpgradeFailure, UpgradeStepName } from '@grey/contracts';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Transaction } from '../infra/db/database.ts';
import type { UpgradePlace, UpgradeRow } from './upgrade-row.ts';

/**
 * How a step ended for now.
 *
 * - `wait`: looked at again at `until`, or when somebody says so; the step runs anew then, from its beginning.
 * - `retry`: the same after a while, with the reason shown meanwhile. Too many in a row are a `failed`.
 * - `failed`: what was done is compensated, and the tenant is at the old version and schema.
 * - `needs-operator`: neither old nor new could be proven; held where it is.
 */
export type StepOutcome =
  | { readonly kind: 'done' | 'skipped'; readonly detail?: string }
  | {
      readonly kind: 'wait';
      readonly awaits: 'confirmation' | 'time' | 'operator';
      readonly until: Date | null;
      readonly detail: string;
      readonly failure?: UpgradeFailure;
    }
  | { readonly kind: 'retry'; readonly failure: UpgradeFailure; readonly afterMs: number }
  | { readonly kind: 'failed' | 'needs-operator'; readonly failure: UpgradeFailure }
  /** Of contract alone: it failed, and the schema is expanded as it was. Waits for somebody to decide. */
  | { readonly kind: 'contract-taken-back'; readonly failure: UpgradeFailure };

/** What a step does in a change of the configuration. */
export interface StepChange {
  readonly kind: Change['kind'];
  readonly items: readonly ItemDraft[];
}

/** What a step sees of its upgrade, and all that it may do to it. */
export interface StepContext {
  /** As of the last write in this context. */
  readonly upgrade: UpgradeRow;
  /** Comes when somebody aborts the upgrade, and when the claim is lost: whichever it is, the step ends soon. */
  readonly signal: AbortSignal;
  /** Comes only when the claim is lost: another worker may be at it, so that nothing may be taken back here. */
  readonly lost: AbortSignal;
  /** Shown while the step runs; written when there is time. */
  setPlace(place: UpgradePlace): void;
  /**
   * A transaction that fails when the claim was lost. May run more than once.
   * @throws ClaimLost
   */
  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * One change of the configuration under the claim, noted in the upgrade. Nothing is recorded when it has no items.
   * @returns where the log is afterwards: at the change, or at its end when there was none
   * @throws ClaimLost
   */
  change(work: (tx: Transaction) => Promise<StepChange>): Promise<Position>;
  /**
   * Durable notes, laid over those there are. Keys are the step's own: `markedAt`, `switchedFrom`.
   * @throws ClaimLost
   */
  remember(patch: Readonly<Record<string, unknown>>): Promise<void>;
  /**
   * The point of no return: from here on nobody can abort. Idempotent.
   * @throws ClaimLost, Superseded when somebody has aborted the upgrade meanwhile
   */
  beginContract(): Promise<void>;
  /** @throws ClaimLost */
  noteBackup(backupId: string): Promise<void>;
}

/**
 * One step. Both ways are idempotent: after a kill they are called again from their beginning, and find out what is done already.
 */
export interface UpgradeStep {
  readonly name: UpgradeStepName;
  run(context: StepContext): Promise<StepOutcome>;
  /** Called only when the step was begun. `done` or `skipped`: nothing of it is left. `wait` is taken for a `retry`. */
  compensate(context: StepContext): Promise<StepOutcome>;
}

/** All steps; features register theirs when the module starts. */
export class UpgradeSteps {
  readonly #steps = new Map<UpgradeStepName, UpgradeStep>();

  register(step: UpgradeStep): void {
    if (this.#steps.has(step.name)) throw new Error(`step ${step.name} is registered twice`);
    this.#steps.set(step.name, step);
  }

  get(name: UpgradeStepName): UpgradeStep {
    const step = this.#steps.get(name);
    if (step === undefined) throw new Error(`step ${name} is not registered`);
    return step;
  }
}

/** Another worker has the upgrade, or this one must stop: whatever it was about to write is not written. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/** Somebody has decided otherwise while the step was at it: it ends, and the way back begins. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** A failure in the words of the API, with what is not known left out. */
export function upgradeFailure(
  code: string,
  message: string,
  more: Partial<Omit<UpgradeFailure, 'code' | 'message'>> = {},
): UpgradeFailure {
  return {
    code,
    message,
    mend: null,
    serverCode: null,
    migration: null,
    statement: null,
    statementText: null,
    ...more,
  };
}
