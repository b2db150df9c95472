export type RuleFindingCode =
  | 'RULE_ID_DUPLICATE'
  | 'RULE_SHADOWED'
  | 'RULE_CONFLICT'
  | 'RULE_UNREACHABLE'
  | 'RULE_NOT_STICKY'
  | 'VERSION_UNKNOWN'
  | 'VERSION_RETIRED'
  | 'VERSION_WITHOUT_INSTANCE'
  | 'WEIGHTS_WRONG'
  | 'RANGES_WRONG'
  | 'SHARE_WRONG'
  | 'PREFIX_OPEN'
  | 'REGEX_INVALID'
  | 'CONDITION_INVALID'
  | 'LANE_UNKNOWN'
  | 'LANE_NOT_SERVED';

/** An error must keep a set from being published; a warning says what will surprise somebody. */
export interface RuleFinding {
  readonly code: RuleFindingCode;
  readonly severity: 'error' | 'warning';
  /** The rule that the finding is about; null where it is about the set. */
  readonly ruleId: string | null;
  /** The other rule where two are at odds: the one that goes before. */
  readonly otherRuleId: string | null;
  /** From the rule set to the place, such as `rules[3].target.split.shares[0].version`. */
  readonly path: string;
  /** English, without the place. */
  readonly message: string;
}
