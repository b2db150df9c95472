/** Sets beyond these bounds are refused before anything is made of them. */
export const LARGEST_RULE_SET = 500;
export const MOST_CONDITION_NODES = 10_000;

export interface RuleSetFault {
  /** From the rule set to the place. */
  readonly path: string;
  readonly message: string;
}

/**
 * Whether a rule set is small enough to be analysed and compiled: at most 500 rules, and 10 000 nodes in their conditions together.
 * Safe on any value, however deep or broken; what is no condition counts as one node.
 */
export function checkRuleSet(input: unknown): RuleSetFault[] {
  const rules = fieldOf(input, 'rules');
  if (!Array.isArray(rules)) return [{ path: 'rules', message: 'is no list' }];
  if (rules.length > LARGEST_RULE_SET) {
    return [{ path: 'rules', message: `${rules.length} rules are more than ${LARGEST_RULE_SET}` }];
  }
  let nodes = 0;
  for (const [i, rule] of rules.entries()) {
    nodes += countNodes(fieldOf(rule, 'when'), MOST_CONDITION_NODES - nodes);
    if (nodes > MOST_CONDITION_NODES) {
      const message = `up to here, the conditions have more than ${MOST_CONDITION_NODES} parts`;
      return [{ path: `rules[${i}].when`, message }];
    }
  }
  return [];
}

/** Without recursion, as it is asked before anybody looked how deep the tree is; stops beyond the limit. */
function countNodes(condition: unknown, limit: number): number {
  if (condition === undefined) return 0;
  const open: unknown[] = [condition];
  let count = 0;
  while (open.length > 0 && count <= limit) {
    const of = fieldOf(open.pop(), 'of');
    count++;
    if (Array.isArray(of)) for (let i = 0; i < of.length && i <= limit; i++) open.push(of[i]);
    else if (of !== undefined) open.push(of);
  }
  return count;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
