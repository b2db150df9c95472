import type { UpgradeFailure } from '@grey/contracts';
import type { ProgressEvent, RunResult } from '@grey/schema-upgrades';
import type { UpgradeRow } from './upgrade-row.ts';

/** What an upgrade that goes back had applied, and what of it is taken back; names in the order in which it was done. */
export interface Undone {
  readonly applied: readonly string[];
  readonly takenBack: readonly string[];
  /** The one of `applied` of which only some statements stood. */
  readonly inPart: string | null;
  /** Where and why it failed; null: not while it applied them. */
  readonly why: string | null;
}

/** Name of the note. */
export const UNDONE = 'undone';
/** More names are not told, but counted. */
const TOLD = 5;

/** Listens to a run on its way there, which says at its end only where the schema stands. */
export class RunHistory {
  readonly #applied = new Set<string>();
  readonly #takenBack = new Set<string>();

  note(event: ProgressEvent): void {
    if (event.kind === 'migration-finished')
      (event.direction === 'up' ? this.#applied : this.#takenBack).add(event.migration);
    if (event.kind !== 'taking-back') return;
    // Names also what earlier processes applied, which comes before what this one did.
    const heard = [...this.#applied];
    this.#applied.clear();
    for (const name of [...event.migrations.toReversed(), ...heard]) this.#applied.add(name);
  }

  /** Pure, but for what was heard. @returns undefined where the run has come to its end, or is gone on with */
  undoneBy({ outcome, failure }: Pick<RunResult, 'outcome' | 'failure'>): Undone | undefined {
    if (outcome !== 'taken-back' && outcome !== 'needs-operator') return undefined;
    const applied = [...this.#applied];
    const takenBack = outcome === 'taken-back' ? applied.toReversed() : [...this.#takenBack];
    const at = failure?.migration ?? null;
    return { applied, takenBack, inPart: at !== null && this.#applied.has(at) ? at : null, why: whyOf(failure) };
  }
}

export function readUndone({ notes }: Pick<UpgradeRow, 'notes'>): Undone | null {
  return (notes[UNDONE] as Undone | null | undefined) ?? null;
}

/** With what is about to be taken back besides. @param names in the order in which they were applied */
export function withApplied(undone: Undone | null, names: readonly string[]): Undone {
  const later = (undone?.applied ?? []).filter((name) => !names.includes(name));
  const { takenBack = [], inPart = null } = undone ?? {};
  return { applied: [...names, ...later], takenBack: takenBack.filter((n) => !names.includes(n)), inPart, why: null };
}

/** Nothing of what was applied is left. */
export function allTakenBack(undone: Undone): Undone {
  const left = undone.applied.filter((name) => !undone.takenBack.includes(name));
  return { ...undone, takenBack: [...undone.takenBack, ...left.toReversed()] };
}

/** What was applied and taken back, in a sentence; empty where nothing went back. Pure. */
export function tellUndone(row: Pick<UpgradeRow, 'notes'>): string {
  const undone = readUndone(row);
  if (undone === null) return '';
  const { applied, takenBack, inPart } = undone;
  if (applied.length === 0) return 'Nothing had been applied before.';
  const names = listNames(applied.map((name) => (name === inPart ? `${name} in part` : name)));
  return takenBack.length === 0
    ? `It had applied ${names}, and has taken none of it back.`
    : `It had applied ${names}, and took back ${listNames(takenBack)}.`;
}

/** The same with what failed, for the step that applied it. */
export function tellUndoneStep(row: Pick<UpgradeRow, 'notes'>): string {
  const why = readUndone(row)?.why ?? null;
  return [why === null ? '' : `Failed ${asSentence(why)}`, tellUndone(row)].filter((part) => part !== '').join(' ');
}

/** The failure as it is shown: with what was done about it. */
export function failureShown(row: Pick<UpgradeRow, 'failure' | 'notes'>): UpgradeFailure | null {
  const told = tellUndone(row);
  if (row.failure === null || told === '') return row.failure;
  return { ...row.failure, message: `${asSentence(row.failure.message)} ${told}` };
}

export function asSentence(text: string): string {
  return /[.!?…)]$/.test(text) ? text : `${text}.`;
}

function whyOf(failure: RunResult['failure']): string | null {
  if (failure === null) return null;
  const { code, message, migration, statement } = failure;
  const at = statement === null ? '' : `, statement ${statement}`;
  return migration === null ? `with ${code}: ${message}` : `in ${migration}${at}, with ${code}: ${message}`;
}

function listNames(names: readonly string[]): string {
  if (names.length <= TOLD) return names.join(', ');
  return `${names.slice(0, TOLD - 1).join(', ')} and ${names.length - TOLD + 1} more`;
}
