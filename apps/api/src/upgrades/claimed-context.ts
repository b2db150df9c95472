import type { Actor, Position } from '@grey/contracts';
import type { ChangesService } from '../changes/changes.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import type { Claim, ClaimedPatch, ClaimsStore } from './claims.store.ts';
import { advance } from './upgrade-machine.ts';
import type { UpgradePlace, UpgradeRow } from './upgrade-row.ts';
import { type StepChange, type StepContext, Superseded } from './upgrade-step.ts';

/** Who writes what the steps do. */
export const UPGRADES_ACTOR: Actor = { kind: 'system', id: 'upgrades', name: 'Upgrades' };
/** A place is written this often at most, in milliseconds. */
const PLACE_MS = 400;

interface Parts {
  readonly claims: Pick<ClaimsStore, 'transaction' | 'hold' | 'save' | 'savePlace'>;
  readonly changes: Pick<ChangesService, 'commit'>;
}

/** What one step sees, while a claim lasts. */
export class ClaimedContext implements StepContext {
  readonly signal: AbortSignal;
  readonly lost: AbortSignal;
  readonly #parts: Parts;
  readonly #claim: Claim;
  #upgrade: UpgradeRow;
  #place: UpgradePlace | undefined;
  #placeTimer: NodeJS.Timeout | undefined;
  #lastPlaceAt = Number.NEGATIVE_INFINITY;

  constructor(parts: Parts, claim: Claim, upgrade: UpgradeRow, aborted: AbortSignal | undefined, lost: AbortSignal) {
    this.#parts = parts;
    this.#claim = claim;
    this.#upgrade = upgrade;
    this.lost = lost;
    this.signal = aborted === undefined ? lost : AbortSignal.any([aborted, lost]);
  }

  get upgrade(): UpgradeRow {
    return this.#upgrade;
  }

  setPlace(place: UpgradePlace): void {
    this.#place = place;
    if (this.#placeTimer !== undefined) return;
    const waitMs = Math.max(0, this.#lastPlaceAt + PLACE_MS - performance.now());
    this.#placeTimer = setTimeout(() => void this.#writePlace(), waitMs).unref();
  }

  /** Nothing of the step is shown any more. */
  end(): void {
    clearTimeout(this.#placeTimer);
    this.#place = undefined;
  }

  async write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { result, row } = await this.#parts.claims.transaction(async (tx) => {
      const row = await this.#parts.claims.hold(tx, this.#claim);
      return { row, result: await work(tx) };
    });
    this.#upgrade = row;
    return result;
  }

  async change(work: (tx: Transaction) => Promise<StepChange>): Promise<Position> {
    const { requestedBy, reason } = this.#upgrade;
    const request = {
      kind: 'upgrade.marked',
      actor: UPGRADES_ACTOR,
      reason: `Upgrade ${this.#upgrade.id}, for ${requestedBy.name}${reason === null ? '' : `: ${reason}`}`,
    } as const;
    let saved: UpgradeRow | undefined;
    const answer = await this.#parts.changes.commit<Position>(request, async (tx, changeKey) => {
      await this.#parts.claims.hold(tx, this.#claim);
      const { kind, items } = await work(tx);
      saved = items.length === 0 ? undefined : await this.#parts.claims.save(tx, this.#claim, { changeKey });
      return { kind, items, answer: ({ position }) => position };
    });
    this.#upgrade = saved ?? this.#upgrade;
    return answer as Position;
  }

  async remember(notes: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#patch({ notes });
  }

  async noteBackup(backupId: string): Promise<void> {
    if (!this.#upgrade.backupIds.includes(backupId)) await this.#patch({ backupId });
  }

  async beginContract(): Promise<void> {
    this.#upgrade = await this.#parts.claims.transaction(async (tx) => {
      const row = await this.#parts.claims.hold(tx, this.#claim);
      if (row.isPastReturn) return row;
      const next = advance(row, { kind: 'contract begins', at: new Date().toISOString() });
      if (next === undefined) throw new Superseded('the upgrade was aborted before contract began');
      return this.#parts.claims.save(tx, this.#claim, next);
    });
  }

  async #patch(patch: ClaimedPatch): Promise<void> {
    this.#upgrade = await this.#parts.claims.transaction(async (tx) => {
      await this.#parts.claims.hold(tx, this.#claim);
      return this.#parts.claims.save(tx, this.#claim, patch);
    });
  }

  /** One at a time; what comes meanwhile is written next. A place that could not be written is not worth a word. */
  async #writePlace(): Promise<void> {
    const place = this.#place;
    this.#place = undefined;
    this.#lastPlaceAt = performance.now();
    if (place !== undefined) await this.#parts.claims.savePlace(this.#claim, place).catch(() => false);
    this.#placeTimer = undefined;
    if (this.#place !== undefined) this.setPlace(this.#place);
  }
}
