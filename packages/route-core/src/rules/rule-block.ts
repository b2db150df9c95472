import { compileText, type ReadText } from '../conditions/index.ts';
import type { Course } from '../course.ts';
import type { Operand } from '../routing-records.ts';
import type { CompiledRule } from './compile-rule.ts';
import { tryRule } from './try-rule.ts';

/** Rules of a block are bits of a small integer. */
const BLOCK_SIZE = 30;
const READER_LIMIT = 1000;

/**
 * Some rules that follow one another. Most of them ask for one value of one operand (`plan` is `gold`), so the operand is
 * read once for all, and only those come to be asked that can be true.
 */
export interface RuleBlock {
  /** The only rule; null where there are several. */
  readonly single: CompiledRule | null;
  readonly rules: readonly CompiledRule[];
  /** Bits of the rules that have to be asked whatever the operands are. */
  readonly open: number;
  /** null where no rule can be passed over. */
  readonly sieves: readonly Sieve[] | null;
  /** Asked when none of these matches: the rules beyond the size of a block, then those of the next shorter prefix. */
  next: RuleBlock | null;
}

interface Sieve {
  readonly read: ReadText;
  /** Bits of the rules that a value may make true. */
  readonly bits: Map<string, number>;
}

/** @param rules at least one, in the order in which they are asked */
export function compileBlocks(rules: readonly CompiledRule[]): RuleBlock {
  const block = compileBlock(rules.slice(0, BLOCK_SIZE));
  if (rules.length > BLOCK_SIZE) block.next = compileBlocks(rules.slice(BLOCK_SIZE));
  return block;
}

function compileBlock(rules: readonly CompiledRule[]): RuleBlock {
  const all = (1 << rules.length) - 1;
  if (rules.length === 1) return { single: rules[0]!, rules, open: all, sieves: null, next: null };
  let open = 0;
  const sieves = new Map<string, Sieve>();
  for (const [at, { necessary }] of rules.entries()) {
    if (necessary === null) {
      open |= 1 << at;
      continue;
    }
    const key = JSON.stringify(necessary.operand);
    const sieve = sieves.get(key) ?? { read: readerOf(necessary.operand, key), bits: new Map<string, number>() };
    sieves.set(key, sieve);
    for (const value of necessary.values) sieve.bits.set(value, (sieve.bits.get(value) ?? 0) | (1 << at));
  }
  return { single: null, rules, open, sieves: sieves.size === 0 ? null : [...sieves.values()], next: null };
}

/** The first rule that matches, of a block and those after it, has chosen; false = none did. */
export function tryBlocks(first: RuleBlock, course: Course): boolean {
  for (let block: RuleBlock | null = first; block !== null; block = block.next) {
    if (block.single !== null ? tryRule(block.single, course) : tryBlock(block, course)) return true;
  }
  return false;
}

function tryBlock({ open, rules, sieves }: RuleBlock, course: Course): boolean {
  let left = open;
  for (let i = 0; sieves !== null && i < sieves.length; i++) {
    const { read, bits } = sieves[i]!;
    const value = read(course.facts);
    if (value !== undefined) left |= bits.get(value) ?? 0;
  }
  while (left !== 0) {
    const at = 31 - Math.clz32(left & -left);
    left &= left - 1;
    if (tryRule(rules[at]!, course)) return true;
  }
  return false;
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
