import { type CompiledCondition, compileCondition, compilePortion, type Facts } from '../conditions/index.ts';
import type { FlagRecord, Scalar } from '../routing-records.ts';

interface CompiledFlagRule {
  readonly condition: CompiledCondition | null;
  readonly portion: ((facts: Facts) => boolean) | null;
  readonly value: Scalar;
}

/** A flag; without rules where it is off. */
export interface CompiledFlag {
  readonly name: string;
  readonly value: Scalar;
  readonly rules: readonly CompiledFlagRule[];
}

/** The flags of one version, with the answer for whom no rule is true. */
export interface CompiledFlags {
  readonly flags: readonly CompiledFlag[];
  readonly plain: Readonly<Record<string, Scalar>>;
  readonly hasRules: boolean;
}

/** null = the version has no flags. */
export function compileFlags(records: readonly FlagRecord[] | undefined): CompiledFlags | null {
  if (records === undefined || records.length === 0) return null;
  const flags = records.map((flag) => ({
    name: flag.name,
    value: flag.value,
    rules: flag.isEnabled ? flag.rules.map(compileFlagRule) : [],
  }));
  const plain = Object.freeze(Object.fromEntries(flags.map(({ name, value }) => [name, value])));
  return { flags, plain, hasRules: flags.some(({ rules }) => rules.length > 0) };
}

function compileFlagRule({ when, portion, value }: FlagRecord['rules'][number]): CompiledFlagRule {
  return {
    condition: when === undefined ? null : compileCondition(when),
    portion: portion === undefined ? null : compilePortion(portion),
    value,
  };
}
