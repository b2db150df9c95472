import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ChangesService } from '../changes/changes.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { ClaimedContext, UPGRADES_ACTOR } from './claimed-context.ts';
import type { Claim, ClaimedPatch, ClaimsStore } from './claims.store.ts';
import { eventOfOutcome, type Settled } from './event-of-outcome.ts';
import { failureShown } from './undone.ts';
import { advance, isEnded, nextStep, stepsToCompensate } from './upgrade-machine.ts';
import type { UpgradeRow } from './upgrade-row.ts';
import { sentenceWithin } from './upgrade-sentence.ts';
import {
  ClaimLost,
  type StepContext,
  type StepOutcome,
  Superseded,
  type UpgradeSteps,
  upgradeFailure,
} from './upgrade-step.ts';
import { itemOfUpgrade } from './upgrades.ts';

/** Between two looks at a database of ours that is away, in milliseconds. */
const AWAY_MS = 500;
/** What the log keeps of a reason, in characters. */
const REASON_LENGTH = 500;

export interface DriveParts {
  readonly claims: Pick<ClaimsStore, 'transaction' | 'hold' | 'save' | 'savePlace'>;
  readonly changes: Pick<ChangesService, 'commit'>;
  readonly steps: Pick<UpgradeSteps, 'get'>;
  /** Before an upgrade is done: what it has marked is unmarked. Idempotent. */
  readonly finish: (context: StepContext) => Promise<void>;
  /** After the commit of an end, or of a state that only a person can end. */
  readonly onEnded: (row: UpgradeRow) => void;
}

/** One upgrade under a claim, step by step until it rests, ends, or the claim is lost. */
export class UpgradeDrive {
  readonly claim: Claim;
  readonly #parts: DriveParts;
  readonly #aborted = new AbortController();
  readonly #lost = new AbortController();
  readonly #logger = new Logger('upgrades');
  #row: UpgradeRow;

  constructor(parts: DriveParts, row: UpgradeRow) {
    this.#parts = parts;
    this.#row = row;
    this.claim = { id: row.id, number: row.claimNumber };
  }

  /** Somebody wants it to end: reaches into the statement that runs. */
  abort(): void {
    this.#aborted.abort();
  }

  /** The claim is gone, or the process ends: as if it had been killed here. */
  lose(): void {
    this.#lost.abort();
  }

  async run(): Promise<void> {
    try {
      while (!this.#lost.signal.aborted && (await this.#step()));
    } catch (error) {
      if (error instanceof ClaimLost) return;
      // The lease runs out, and whoever takes it next finds it as it was.
      this.#logger.error({ err: error, msg: 'an upgrade cannot be worked on', upgradeId: this.claim.id });
      throw error;
    }
  }

  /** @returns whether there is more to do under this claim */
  async #step(): Promise<boolean> {
    const isWayBack = this.#row.state === 'aborting';
    const outcome = isWayBack ? await this.#compensate() : await this.#goOn();
    if (outcome === undefined || this.#lost.signal.aborted) return !this.#lost.signal.aborted;
    const settled = await this.#persist(outcome, isWayBack);
    if (settled === undefined) return !this.#lost.signal.aborted;
    this.#row = settled;
    return (settled.state === 'running' || settled.state === 'aborting') && settled.awaits === null;
  }

  async #goOn(): Promise<StepOutcome | undefined> {
    const step = nextStep(this.#row.steps);
    if (step === undefined) return { kind: 'done' };
    const context = this.#contextOf(this.#aborted.signal);
    const isLast = step.name === this.#row.steps.at(-1)?.name;
    return this.#take(context, async () => {
      const outcome = await this.#parts.steps.get(step.name).run(context);
      if (isLast && (outcome.kind === 'done' || outcome.kind === 'skipped')) await this.#parts.finish(context);
      return outcome;
    });
  }

  async #compensate(): Promise<StepOutcome> {
    const step = stepsToCompensate(this.#row.steps)[0];
    if (step === undefined) return { kind: 'done' };
    const context = this.#contextOf(undefined);
    const outcome = await this.#take(context, () => this.#parts.steps.get(step.name).compensate(context));
    return outcome ?? { kind: 'done' };
  }

  #contextOf(aborted: AbortSignal | undefined): ClaimedContext {
    return new ClaimedContext(this.#parts, this.claim, this.#row, aborted, this.#lost.signal);
  }

  /** @returns undefined when it was superseded, or is to be called again. @throws ClaimLost */
  async #take(context: ClaimedContext, work: () => Promise<StepOutcome>): Promise<StepOutcome | undefined> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof ClaimLost) throw error;
        if (this.#lost.signal.aborted) throw new ClaimLost('lost within a step');
        if (error instanceof Superseded) return { kind: 'failed', failure: upgradeFailure('CANCELLED', error.message) };
        if (!isAway(error)) return this.#surprise(error);
        await sleep(AWAY_MS, undefined, { signal: this.#lost.signal }).catch(() => undefined);
        if (this.#lost.signal.aborted) throw new ClaimLost('lost while the database was away');
      } finally {
        context.end();
      }
    }
  }

  /** A fault of ours or of the configuration: shown, and tried again, as it may pass. */
  #surprise(error: unknown): StepOutcome {
    if (error instanceof ApiError) {
      const message = error.extra.detail ?? error.message;
      return { kind: 'retry', failure: upgradeFailure(error.code, message), afterMs: 5_000 };
    }
    this.#logger.warn({ err: error, msg: 'a step of an upgrade threw', upgradeId: this.claim.id });
    const failure = upgradeFailure(
      'INTERNAL',
      'A step failed in a way that was not foreseen; the log of the API says how.',
    );
    return { kind: 'retry', failure, afterMs: 5_000 };
  }

  /** @returns the upgrade afterwards; undefined when the configuration database could not be written to */
  async #persist(outcome: StepOutcome, isWayBack: boolean): Promise<UpgradeRow | undefined> {
    for (;;) {
      try {
        return await this.#settle(outcome, isWayBack);
      } catch (error) {
        if (!isAway(error)) throw error;
        await sleep(AWAY_MS, undefined, { signal: this.#lost.signal }).catch(() => undefined);
        if (this.#lost.signal.aborted) return undefined;
      }
    }
  }

  async #settle(outcome: StepOutcome, isWayBack: boolean): Promise<UpgradeRow> {
    const at = new Date().toISOString();
    const guess = eventOfOutcome(this.#row, outcome, isWayBack, at);
    const next = advance(this.#row, guess.event);
    const { failure = this.#row.failure } = guess.patch;
    const foreseen = next === undefined ? undefined : { ...this.#row, ...next, failure };
    if (foreseen === undefined || !isResting(foreseen) || this.#row.batchId !== null) {
      const row = await this.#parts.claims.transaction((tx) => this.#apply(tx, outcome, isWayBack, at));
      if (isResting(row)) this.#parts.onEnded(row);
      return row;
    }
    // What whoever is notified reads first.
    const reason = sentenceWithin(foreseen, REASON_LENGTH);
    const request = { kind: 'upgrade.ended', actor: UPGRADES_ACTOR, reason } as const;
    const answer = await this.#parts.changes.commit<UpgradeRow>(request, async (tx, changeKey) => {
      const row = await this.#apply(tx, outcome, isWayBack, at, changeKey);
      const items = isResting(row) ? [itemOfUpgrade(row, null, endOf(row))] : [];
      return { items, answer: () => row };
    });
    const row = answer as UpgradeRow;
    if (isResting(row)) this.#parts.onEnded(row);
    return row;
  }

  /** Decided on the row as it is now: somebody may have aborted it since. */
  async #apply(
    tx: Transaction,
    outcome: StepOutcome,
    isWayBack: boolean,
    at: string,
    changeKey?: string,
  ): Promise<UpgradeRow> {
    const row = await this.#parts.claims.hold(tx, this.claim);
    const { event, patch }: Settled = eventOfOutcome(row, outcome, isWayBack, at);
    const next = advance(row, event);
    if (next === undefined) throw new Error(`${event.kind} is refused in state ${row.state} of upgrade ${row.id}`);
    const rests = next.state !== 'running' && next.state !== 'aborting';
    const isEnd = isEnded(next.state) || next.state === 'needs_operator';
    const whole: ClaimedPatch = {
      ...next,
      ...patch,
      place: null,
      ...(isEnd ? { due: null } : {}),
      ...(isEnd && changeKey !== undefined ? { changeKey } : {}),
      isReleased: rests || next.awaits !== null,
    };
    return this.#parts.claims.save(tx, this.claim, whole);
  }
}

const isAway = (error: unknown) => error instanceof ApiError && error.code === 'DATABASE_UNAVAILABLE';
const isResting = (row: Pick<UpgradeRow, 'state'>) => isEnded(row.state) || row.state === 'needs_operator';

/** How it ended, as the log keeps it. */
function endOf(row: UpgradeRow): Record<string, unknown> {
  const { state, kind, fromVersion, toVersion } = row;
  const why = failureShown(row);
  return { state, kind, fromVersion, toVersion, code: why?.code ?? null, message: why?.message ?? null };
}
