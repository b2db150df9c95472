import type { Condition, Operand } from '../routing-records.ts';

/** A comparison that has to be true for a condition to be: the operand is one of these texts. */
export interface NecessaryValue {
  readonly operand: Operand;
  readonly values: readonly string[];
}

/** Finds one among the parts that all have to be true; null where there is none, or where passing over would save a draw. */
export function findNecessaryValue(condition: Condition): NecessaryValue | null {
  return mayDraw(condition) ? null : find(condition);
}

function find(condition: Condition): NecessaryValue | null {
  switch (condition.op) {
    case 'equals':
      return typeof condition.value === 'string' ? { operand: condition.operand, values: [condition.value] } : null;
    case 'in':
      return condition.values.every((value) => typeof value === 'string')
        ? { operand: condition.operand, values: condition.values as string[] }
        : null;
    case 'all':
      for (const part of condition.of) {
        const found = find(part);
        if (found !== null) return found;
      }
      return null;
    default:
      return null;
  }
}

/** What draws must be asked whenever its turn comes, or the draws after it would fall to others. */
function mayDraw(condition: Condition): boolean {
  switch (condition.op) {
    case 'random':
    case 'cel':
      return true;
    case 'not':
      return mayDraw(condition.of);
    case 'all':
    case 'any':
      return condition.of.some(mayDraw);
    default:
      return false;
  }
}
