export { type CompiledCondition, type ConditionTrace, compileCondition } from './compile-condition.ts';
export { type CompiledRegex, compileRegex } from './compile-regex.ts';
export { Facts } from './facts.ts';
export { normalizePath } from './normalize-path.ts';
export { compilePortion, compileUnit } from './read-operand.ts';
