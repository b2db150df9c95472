import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { type Control, useWatch } from 'react-hook-form';
import type { RuleFinding } from '../../api/generated/model/index.ts';
import { checkRule } from './check-rule.ts';
import { FindingList } from './finding-list.tsx';
import { type RuleFields, toRule } from './rule-fields.ts';
import type { Rule } from './rule-types.ts';

const settleMs = 500;
const nobody: ReadonlySet<string> = new Set();

interface RuleFormFindingsProps {
  control: Control<RuleFields>;
  /** What the analysis would say of this rule among the others. */
  judge: (rule: Rule) => readonly RuleFinding[];
  nameOf: (ruleId: string) => string;
}

/** What the analysis says of the rule as it is being written, once its fields fit the contract. */
export function RuleFormFindings({ control, judge, nameOf }: RuleFormFindingsProps) {
  const fields = useWatch({ control }) as RuleFields;
  const [settled] = useDebouncedValue(fields, settleMs);
  const findings = useMemo(
    () => (checkRule(settled, nobody).length > 0 ? [] : judge(toRule(settled))),
    [settled, judge],
  );
  if (findings.length === 0) return null;
  return (
    <div className="panel" data-tone="warn" role="status">
      <FindingList findings={findings} nameOf={nameOf} at={settled.id} />
    </div>
  );
}
