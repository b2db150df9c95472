import { Button, Group, Text } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GuardOverride } from '../../api/generated/model/index.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { usePermission } from '../access/me.ts';
import { type BatchDraft, type DraftFault, emptyDraft, faultsOf, requestOf } from './batch-draft.ts';
import { BatchPlanned } from './batch-planned.tsx';
import './batches.css';
import { BudgetFields } from './budget-fields.tsx';
import { WaveFields } from './wave-fields.tsx';
import { WhoFields } from './who-fields.tsx';

const steps = ['who', 'waves', 'budget', 'plan'] as const;
type Step = (typeof steps)[number];
const faultsAt: Record<Step, readonly DraftFault[]> = {
  who: ['service', 'version', 'scope'],
  waves: ['waves', 'wave'],
  budget: ['concurrency'],
  plan: [],
};

/** Who, in which waves, with what budget; then who exactly that is, and the start. */
export function CreateBatchPage() {
  const { t } = useTranslation();
  const { service = '', version = '' } = useSearch({ from: '/shell/upgrades/batches/new' });
  const mayCreate = usePermission('upgrades.batch');
  const [draft, setDraft] = useState<BatchDraft>(() => ({ ...emptyDraft(), serviceId: service, toVersion: version }));
  const [step, setStep] = useState<Step>('who');
  const [override, setOverride] = useState<GuardOverride>();
  const panel = useRef<HTMLFieldSetElement>(null);
  const faults = faultsOf(draft);
  const faultsOfStep = (one: Step) => faults.filter((fault) => faultsAt[one].includes(fault));
  const index = steps.indexOf(step);
  const before = steps[index - 1];
  const after = steps[index + 1];
  const missing = faultsOfStep(step)[0];
  const change = (next: Partial<BatchDraft>) => {
    setOverride(undefined);
    setDraft({ ...draft, ...next });
  };
  const go = (to: Step) => {
    setStep(to);
    panel.current?.focus();
  };
  /** A step is open when all before it are whole. */
  const isOpen = (one: Step) =>
    steps.slice(0, steps.indexOf(one)).every((earlier) => faultsOfStep(earlier).length === 0);
  return (
    <>
      <PageHeader
        title={t('batches.new.title')}
        note={t('batches.new.means')}
        before={<BackLink to="/upgrades/batches">{t('batches.back')}</BackLink>}
      />
      {!mayCreate && (
        <div className="panel" data-tone="warn" role="alert">
          <Text size="sm">{t('batches.new.mayNot')}</Text>
        </div>
      )}
      <ol className="wizard-steps" aria-label={t('batches.new.steps')}>
        {steps.map((one, at) => (
          <li key={one}>
            <button
              type="button"
              disabled={!isOpen(one)}
              aria-current={one === step ? 'step' : undefined}
              onClick={() => go(one)}
            >
              <span className="wizard-number" aria-hidden="true">
                {at < index && faultsOfStep(one).length === 0 ? '✓' : at + 1}
              </span>
              {t(`batches.new.step.${one}`)}
            </button>
          </li>
        ))}
      </ol>
      <fieldset className="panel upgrade-form wizard-panel" ref={panel} tabIndex={-1}>
        <legend>{t(`batches.new.step.${step}`)}</legend>
        {step === 'who' && <WhoFields draft={draft} onChange={change} />}
        {step === 'waves' && <WaveFields waves={draft.waves} onChange={(waves) => change({ waves })} />}
        {step === 'budget' && <BudgetFields draft={draft} onChange={change} />}
        {step === 'plan' && faults.length === 0 && (
          <BatchPlanned
            request={{ ...requestOf(draft), ...(override ? { override } : {}) }}
            mayCreate={mayCreate}
            onOverride={setOverride}
          />
        )}
        <Group justify="space-between" mt="md">
          <div>
            {before && (
              <Button variant="default" onClick={() => go(before)}>
                {t('batches.new.back')}
              </Button>
            )}
          </div>
          {after && (
            <Group gap="sm">
              <Text size="sm" c="dimmed" role="status">
                {missing && t(`batches.new.missing.${missing}`)}
              </Text>
              <Button disabled={missing !== undefined} onClick={() => go(after)}>
                {t(after === 'plan' ? 'batches.new.toPlan' : 'batches.new.next')}
              </Button>
            </Group>
          )}
        </Group>
      </fieldset>
    </>
  );
}
