import { compileText, type Facts, type ReadText } from '../conditions/index.ts';
import type { Course } from '../course.ts';
import type { Operand } from '../routing-records.ts';
import type { CompiledRule } from './compile-rule.ts';
import type { RuleMatch } from './rule-match.ts';
import { tryRule } from './try-rule.ts';

/** Rules of a block are bits of a small integer. */
const BLOCK_SIZE = 30;
const READER_LIMIT = 1000;
/** Rules of one operand from which on it is quicker to look its value up than to ask each of them. */
const WORTH_SIEVING = 4;

/**
 * Some rules that follow one another. Most of them ask for one value of one operand (`plan` is `gold`), so the operand is
 * read once for all, and only those come to be asked that can be true.
 */
export interface RuleBlock {
  readonly rules: readonly CompiledRule[];
  /** Bits of the rules that have to be asked whatever the operands are, where there is a sieve. */
  readonly open: number;
  /** The operand that rules ask for, linked to the next one; null where no rule can be passed over. */
  readonly sieve: Sieve | null;
  /** Asked when none of these matches: the rules beyond the size of a block, then those of the next shorter prefix. */
  next: RuleBlock | null;
}

interface Sieve {
  readonly read: ReadText;
  /** Bits of the rules that a value may make true. */
  readonly bits: Map<string, number>;
  readonly next: Sieve | null;
}

/** @param rules at least one, in the order in which they are asked */
export function compileBlocks(rules: readonly CompiledRule[]): RuleBlock {
  const block = compileBlock(rules.slice(0, BLOCK_SIZE));
  if (rules.length > BLOCK_SIZE) block.next = compileBlocks(rules.slice(BLOCK_SIZE));
  return block;
}

function compileBlock(rules: readonly CompiledRule[]): RuleBlock {
  let open = 0;
  const bitsOf = new Map<string, { readonly operand: Operand; readonly bits: Map<string, number> }>();
  for (const [at, { necessary }] of rules.entries()) {
    if (necessary === null) {
      open |= 1 << at;
      continue;
    }
    const { operand, values } = necessary;
    const key = JSON.stringify(operand);
    const { bits } = bitsOf.get(key) ?? bitsOf.set(key, { operand, bits: new Map() }).get(key)!;
    for (const value of values) bits.set(value, (bits.get(value) ?? 0) | (1 << at));
  }
  let sieve: Sieve | null = null;
  for (const [key, { operand, bits }] of bitsOf) {
    let asked = 0;
    for (const some of bits.values()) asked |= some;
    if (countBits(asked) < WORTH_SIEVING) open |= asked;
    else sieve = { read: readerOf(operand, key), bits, next: sieve };
  }
  return { rules, open, sieve, next: null };
}

/** What the first rule that matches says, of a block and those after it; null = none does. */
export function tryBlocks(first: RuleBlock, facts: Facts, course: Course | null): RuleMatch | null {
  for (let block: RuleBlock | null = first; block !== null; block = block.next) {
    const match = block.sieve === null ? tryEach(block.rules, facts, course) : trySome(block, facts, course);
    if (match !== null) return match;
  }
  return null;
}

function tryEach(rules: readonly CompiledRule[], facts: Facts, course: Course | null): RuleMatch | null {
  for (let i = 0; i < rules.length; i++) {
    const match = tryRule(rules[i]!, facts, course);
    if (match !== null) return match;
  }
  return null;
}

function trySome({ open, rules, sieve }: RuleBlock, facts: Facts, course: Course | null): RuleMatch | null {
  let left = open;
  for (let next = sieve; next !== null; next = next.next) {
    const value = next.read(facts);
    if (value !== undefined) left |= next.bits.get(value) ?? 0;
  }
  while (left !== 0) {
    const at = 31 - Math.clz32(left & -left);
    left &= left - 1;
    const match = tryRule(rules[at]!, facts, course);
    if (match !== null) return match;
  }
  return null;
}

function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

/** Services ask for the same operands: one reader for all of them stays in the processor's cache. */
const readers = new Map<string, ReadText>();

function readerOf(operand: Operand, key: string): ReadText {
  const known = readers.get(key);
  if (known !== undefined) return known;
  const read = compileText(operand);
  if (readers.size < READER_LIMIT) readers.set(key, read);
  return read;
}
