import { ruleSetInputSchema } from '@grey/contracts';
import { type RuleSet, ruleSetOf } from './rule-types.ts';

/** Edits that were not saved yet, kept in this browser: a closed tab loses nothing. */
export interface KeptEdits {
  readonly ruleSet: RuleSet;
  /** Entity tag of the draft that the edits began from; null when there was none. */
  readonly baseEtag: string | null;
  /** The live set that the edits began from, where there was no draft. */
  readonly basedOn: number | null;
}

const keyOf = (serviceId: string) => `grey.rules.${serviceId}`;

export function readKeptEdits(serviceId: string, storage: Storage = localStorage): KeptEdits | null {
  try {
    const kept = JSON.parse(storage.getItem(keyOf(serviceId)) ?? 'null') as KeptEdits | null;
    // Another version of the console may have left it.
    if (!kept || !ruleSetInputSchema.safeParse(kept.ruleSet).success) return null;
    return { ruleSet: ruleSetOf(kept.ruleSet), baseEtag: kept.baseEtag ?? null, basedOn: kept.basedOn ?? null };
  } catch {
    return null;
  }
}

/** Keeps the edits, or forgets them. A full storage costs only the safety of a closed tab. */
export function keepEdits(serviceId: string, edits: KeptEdits | null, storage: Storage = localStorage): void {
  try {
    if (edits) storage.setItem(keyOf(serviceId), JSON.stringify(edits));
    else storage.removeItem(keyOf(serviceId));
  } catch {
    storage.removeItem(keyOf(serviceId));
  }
}
