export { type ConditionFault, checkCondition } from './check-condition.ts';
export { type CompiledCondition, type ConditionTrace, compileCondition } from './compile-condition.ts';
export { type CompiledRegex, compileRegex } from './compile-regex.ts';
export { Facts, METADATA_NAMES } from './facts.ts';
export { compileVersionRange, parseVersionRange } from './match-versions.ts';
export { normalizePath } from './normalize-path.ts';
export { type ParsedCel, parseCel } from './parse-cel.ts';
export { printCel } from './print-cel.ts';
export {
  compilePortion,
  compileText,
  compileUnit,
  compileValue,
  type ReadText,
  type ReadValue,
} from './read-operand.ts';
