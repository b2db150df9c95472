import type { Condition } from '../api/generated/model/index.ts';
import { celTextOf } from './cel-field.tsx';

/** A condition to be read. */
export function CelText({ condition }: { condition: Condition }) {
  return <code className="cel">{celTextOf(condition)}</code>;
}
