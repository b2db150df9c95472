import { useTranslation } from 'react-i18next';
import type { RuleFinding } from '../../api/generated/model/index.ts';
import { StatusLabel } from '../../parts/status.tsx';
import { useFindingWords } from './finding-words.ts';

interface FindingListProps {
  findings: readonly RuleFinding[];
  /** Names of rules by id. */
  nameOf: (ruleId: string) => string;
  onShowRule?: ((ruleId: string) => void) | undefined;
  /** The rule that the list stands at, which needs no link to itself. */
  at?: string;
}

/** Findings, the errors first, each with links to the rules it names. */
export function FindingList({ findings, nameOf, onShowRule, at }: FindingListProps) {
  const { t } = useTranslation();
  const words = useFindingWords();
  const sorted = findings.toSorted(
    (one, other) => Number(other.severity === 'error') - Number(one.severity === 'error'),
  );
  return (
    <ul className="findings">
      {sorted.map((finding) => {
        // What is said of another rule would be wrong of this one.
        const isOfOther = at !== undefined && finding.ruleId !== at;
        const label = isOfOther ? t('rules.ofOther', { finding: words(finding) }) : words(finding);
        return (
          <li key={`${finding.code} ${finding.ruleId} ${finding.otherRuleId} ${finding.path}`}>
            <StatusLabel tone={finding.severity === 'error' ? 'bad' : 'warn'}>{label}</StatusLabel>
            {!isOfOther && <span>{finding.message}</span>}
            {[finding.ruleId, finding.otherRuleId]
              .filter((id): id is string => id !== null && id !== at)
              .map((id) =>
                onShowRule ? (
                  <button key={id} type="button" className="text-link" onClick={() => onShowRule(id)}>
                    {t('rules.showRule', { name: nameOf(id) })}
                  </button>
                ) : (
                  <span key={id} className="tag">
                    {nameOf(id)}
                  </span>
                ),
              )}
          </li>
        );
      })}
    </ul>
  );
}
