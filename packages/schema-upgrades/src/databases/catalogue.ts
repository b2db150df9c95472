import { createHash } from 'node:crypto';

/** Digest of each object's description, by `kind name`: small enough to be kept in a ledger row. */
export type ObjectDigests = Readonly<Record<string, string>>;

/** One line of a catalogue: what it belongs to, and what it says. */
export interface CatalogueLine {
  /** `table orders`, `index orders_pkey`, `view totals`, … */
  readonly object: string;
  readonly text: string;
}

/**
 * What a schema consists of, as text that is equal for equal schemas whatever they are called and however they came to be. To be
 * compared on servers of one major version: definitions are printed by the server, and that changes at times.
 */
export interface Catalogue {
  readonly text: string;
  /** SHA-256 of the text, in hex. */
  readonly digest: string;
  readonly objects: ObjectDigests;
}

/** Puts lines in order; the order in which the server gave them does not matter. */
export function makeCatalogue(lines: readonly CatalogueLine[]): Catalogue {
  const sorted = lines.map((line) => ({ object: line.object, text: `${line.object}: ${line.text}` }));
  sorted.sort((one, other) => (one.text < other.text ? -1 : one.text > other.text ? 1 : 0));
  const text = sorted.map((line) => `${line.text}\n`).join('');
  const texts = new Map<string, string>();
  for (const line of sorted) texts.set(line.object, `${texts.get(line.object) ?? ''}${line.text}\n`);
  const objects = Object.fromEntries([...texts].map(([object, whole]) => [object, digestOf(whole).slice(0, 16)]));
  return { text, digest: digestOf(text), objects };
}

/** Objects that were added, removed or changed between two states, sorted. */
export interface CatalogueDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

export function compareObjects(before: ObjectDigests, after: ObjectDigests): CatalogueDifference {
  const has = (digests: ObjectDigests, object: string) => Object.hasOwn(digests, object);
  const added = Object.keys(after).filter((object) => !has(before, object));
  const removed = Object.keys(before).filter((object) => !has(after, object));
  const changed = Object.keys(after).filter((object) => has(before, object) && before[object] !== after[object]);
  return { added: added.sort(), removed: removed.sort(), changed: changed.sort() };
}

export function isSame(difference: CatalogueDifference): boolean {
  return difference.added.length + difference.removed.length + difference.changed.length === 0;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
