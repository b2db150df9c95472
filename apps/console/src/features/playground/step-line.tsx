import type { ExplainStep } from '@grey/route-core';
import { useTranslation } from 'react-i18next';
import { StatusLabel } from '../../parts/status.tsx';
import { toneOf } from './step-tone.ts';

/** What the sentence of a step says already, or what stands beside it in a form of its own. */
const said = new Set([
  'condition',
  'value',
  'name',
  'ruleId',
  'id',
  'tag',
  'tenantId',
  'why',
  'path',
  'type',
  'method',
]);

/** One step: how it ended, in words; what was wanted and what the request had; then the engine's own terms. */
export function StepLine({ step }: { step: ExplainStep }) {
  const { t } = useTranslation();
  const word = useStepWords();
  const { detail } = step;
  const gap = gapOf(step);
  const isFlag = step.step === 'flag';
  const others = Object.entries(detail).filter(([name, value]) => value !== null && (isFlag || !said.has(name)));
  return (
    <li className="step" data-step={step.step} data-outcome={step.outcome}>
      <StatusLabel tone={toneOf(step)}>{word(step)}</StatusLabel>
      {step.version !== undefined && <span className="mono">{step.version}</span>}
      {gap && (
        <span className="step-gap">
          {gap.wanted !== null && <code>{gap.wanted}</code>}
          <span>{gap.saw === null ? t('playground.sawNothing') : t('playground.saw', { value: gap.saw })}</span>
        </span>
      )}
      <span className="step-terms mono">
        {[
          `${step.step} ${step.outcome}`,
          ...(detail['ruleId'] ? [String(detail['ruleId'])] : []),
          ...others.map(([name, value]) => `${name}=${value}`),
        ].join('  ')}
      </span>
    </li>
  );
}

/** Where something was wanted that the request does not have: the condition's part (or path), and what stood there instead. */
function gapOf({ outcome, detail }: ExplainStep): { wanted: string | null; saw: string | null } | undefined {
  const text = (name: string) => (detail[name] === null || detail[name] === undefined ? null : String(detail[name]));
  if (outcome === 'condition') return { wanted: text('condition'), saw: text('value') };
  if (outcome === 'path') return { wanted: `${text('type')} ${text('path')}`, saw: text('value') };
  if (outcome === 'method') return { wanted: text('methods'), saw: text('method') };
  return undefined;
}

/** The sentence of a step; for one that this console does not know yet, the engine's own word. */
function useStepWords() {
  const { t, i18n } = useTranslation();
  return ({ step, outcome, detail, version }: ExplainStep): string => {
    const values = { ...detail, version: version ?? '' };
    if (step === 'instance') return `${t('playground.picked')} ${t(`balancer.${outcome as 'random'}`)}`;
    if (step === 'version' && i18n.exists(`reason.${outcome}`)) return t(`reason.${outcome as 'PINNED'}`);
    const key = `${step}.${outcome}`;
    return i18n.exists(`outcomes.${key}`) ? t(`outcomes.${key as 'hold.none'}`, values) : outcome;
  };
}
