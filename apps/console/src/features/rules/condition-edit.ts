import type { Condition, Operand } from './rule-types.ts';

/** Values of a request that go by a name, and those that there is one of. */
export const namedSources = ['header', 'cookie', 'query', 'claim', 'attribute'] as const;
export const plainSources = [
  'path',
  'method',
  'user',
  'session',
  'tenant',
  'token',
  'client_ip',
  'region',
  'tag',
] as const;
/** What is compared to no value of the request. */
export const otherSubjects = ['time', 'percentage', 'random', 'cel'] as const;
export type Subject = Operand['from'] | (typeof otherSubjects)[number];

export const comparisonOps = [
  'equals',
  'in',
  'exists',
  'starts_with',
  'ends_with',
  'contains',
  'matches',
  'less',
  'less_or_equal',
  'greater',
  'greater_or_equal',
  'semver',
  'cidr',
  'modulo',
] as const;
export type ComparisonOp = (typeof comparisonOps)[number];
export type Comparison = Extract<Condition, { operand: Operand }>;
export type Leaf = Exclude<Condition, { op: 'all' | 'any' | 'not' }>;
export type Group = Extract<Condition, { op: 'all' | 'any' }>;

export function isGroup(condition: Condition): condition is Group {
  return condition.op === 'all' || condition.op === 'any';
}

export function isComparison(condition: Condition): condition is Comparison {
  return 'operand' in condition;
}

export function subjectOf(condition: Leaf): Subject {
  return isComparison(condition) ? condition.operand.from : (condition.op as (typeof otherSubjects)[number]);
}

/** A comparison to begin with. */
export const firstComparison: Condition = { op: 'equals', operand: { from: 'header', name: '' }, value: '' };

/** The same row about something else; what fits both is kept. @param salt for a percentage */
export function withSubject(condition: Leaf, subject: Subject, salt: string): Leaf {
  switch (subject) {
    case 'time':
      return { op: 'time' };
    case 'percentage':
      return { op: 'percentage', portion: { unit: { by: 'user' }, share: 1_000, salt } };
    case 'random':
      return { op: 'random', below: 0.1 };
    case 'cel':
      return { op: 'cel', expression: 'true' };
    default: {
      const name = isComparison(condition) && 'name' in condition.operand ? condition.operand.name : '';
      const operand = { from: subject, ...(isNamed(subject) ? { name } : {}) } as Operand;
      return isComparison(condition) ? { ...condition, operand } : { op: 'equals', operand, value: '' };
    }
  }
}

export function isNamed(subject: Subject): boolean {
  return (namedSources as readonly string[]).includes(subject);
}

/** The same value compared in another way; a text that both ways can hold is kept. */
export function withOp(condition: Comparison, op: ComparisonOp): Comparison {
  const { operand } = condition;
  const text = textOf(condition);
  switch (op) {
    case 'exists':
      return { op, operand };
    case 'equals':
      return { op, operand, value: text };
    case 'in':
      return { op, operand, values: text === '' ? [] : [text] };
    case 'starts_with':
    case 'ends_with':
    case 'contains':
      return { op, operand, value: text };
    case 'matches':
      return { op, operand, pattern: text };
    case 'semver':
      return { op, operand, range: text };
    case 'cidr':
      return { op, operand, networks: text === '' ? [] : [text] };
    case 'modulo':
      return { op, operand, divisor: 100, below: 10 };
    default:
      return { op, operand, value: Number(text) || 0 };
  }
}

function textOf(condition: Comparison): string {
  switch (condition.op) {
    case 'in':
      return String(condition.values[0] ?? '');
    case 'cidr':
      return condition.networks[0] ?? '';
    case 'matches':
      return condition.pattern;
    case 'semver':
      return condition.range;
    case 'exists':
    case 'modulo':
      return '';
    default:
      return String(condition.value);
  }
}

/** A condition as a group of rows: the root of the tree is always shown as one. */
export function asGroup(condition: Condition | null): Group {
  if (condition === null) return { op: 'all', of: [] };
  return isGroup(condition) ? condition : { op: 'all', of: [condition] };
}

/** What a group of rows means: nothing, its only row, or the group. */
export function fromGroup({ op, of }: Group): Condition | null {
  const [only] = of;
  if (only === undefined) return null;
  return of.length === 1 ? only : { op, of };
}

/** Whether some part of it is an expression that the tree can only show as text. */
export function holdsCel(condition: Condition | null): boolean {
  if (condition === null) return false;
  if (isGroup(condition)) return condition.of.some(holdsCel);
  return condition.op === 'not' ? holdsCel(condition.of) : condition.op === 'cel';
}
