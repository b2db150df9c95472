import type { Explanation } from '@grey/route-core';
import { Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { groupSteps, type Stage, type StageName } from './group-steps.ts';
import { StepLine } from './step-line.tsx';
import { isMiss } from './step-tone.ts';

/** More misses than this are folded: the rule that decided must not be below the fold. */
const shownMisses = 6;

interface ExplainTreeProps {
  explanation: Explanation;
  label: string;
  /** Beside another tree the label has to be seen. */
  isLabelShown: boolean;
}

/** The whole way of a decision, stage by stage, in the order in which it happened. */
export function ExplainTree({ explanation, label, isLabelShown }: ExplainTreeProps) {
  const { decision, steps } = explanation;
  const tree = (
    <ol className="explain-tree" aria-label={label}>
      {groupSteps(steps, decision.reason).map((stage, index) => (
        <li key={`${stage.name} ${index}`} data-stage={stage.name} data-silent={stage.silence !== undefined}>
          <StageView stage={stage} serviceName={decision.serviceName} />
        </li>
      ))}
    </ol>
  );
  if (!isLabelShown) return tree;
  return (
    <Stack gap={4}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      {tree}
    </Stack>
  );
}

/** Where the records of a stage are looked after. */
const pageOf: Partial<Record<StageName, (serviceName: string) => string>> = {
  lane: () => '/lanes',
  rules: (serviceName) => `/services/${encodeURIComponent(serviceName)}/rules`,
  experiments: (serviceName) => `/services/${encodeURIComponent(serviceName)}/experiments`,
};

function StageView({ stage, serviceName }: { stage: Stage; serviceName: string }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const name = t(`playground.stage.${stage.name}`);
  const page = pageOf[stage.name]?.(serviceName);
  const misses = stage.steps.filter(isMiss);
  const isFolded = misses.length > shownMisses;
  const shown = isFolded ? stage.steps.filter((step) => !isMiss(step)) : stage.steps;
  return (
    <>
      <h3>{page ? <Link to={page}>{name}</Link> : name}</h3>
      <div>
        {stage.silence && <p className="step-silent">{t(`playground.silence.${stage.silence}`)}</p>}
        {isFolded && (
          <details className="fold">
            <summary>{t('playground.misses', { count: misses.length, shown: number(misses.length) })}</summary>
            <ul>
              {misses.map((step, index) => (
                <StepLine key={index} step={step} />
              ))}
            </ul>
          </details>
        )}
        <ul>
          {shown.map((step, index) => (
            <StepLine key={index} step={step} />
          ))}
        </ul>
      </div>
    </>
  );
}
