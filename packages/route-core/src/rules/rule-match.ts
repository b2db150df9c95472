import type { CompiledRule } from './compile-rule.ts';

/** What a rule that matches says. */
export interface RuleMatch {
  readonly rule: CompiledRule;
  /** The version's number; 0: in a strict lane that does not serve this service. */
  readonly number: number;
  /** null where no split was drawn */
  readonly bucket: number | null;
}
