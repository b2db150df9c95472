import './playground.css';
import type { DecisionRequest, SnapshotSource } from '@grey/route-core';
import { Button, Checkbox, Group, Stack, Text, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { AskRouter } from './ask-router.tsx';
import { BatchPanel } from './batch-panel.tsx';
import { DecisionSummary } from './decision-summary.tsx';
import { ExplainTree } from './explain-tree.tsx';
import { readQuestion, readRequest, toDecisionRequest } from './playground-question.ts';
import { QuestionForm } from './question-form.tsx';
import { useDraftSource } from './use-draft-source.ts';
import { useExplained } from './use-explained.ts';
import { useServiceSource } from './use-service-source.ts';
import { useSettledQuestion } from './use-settled-question.ts';

/**
 * Where a request goes and why, decided here by the router's own engine. The question is in the address, so that the answer
 * can be sent to a colleague.
 */
export function PlaygroundPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/shell/playground' });
  const navigate = useNavigate({ from: '/playground' });
  const [question, setQuestion] = useSettledQuestion(
    search,
    (next) => void navigate({ search: readQuestion({ ...next }), replace: true }),
  );
  const asked = useMemo(() => readRequest(search), [search]);
  const request = useMemo(() => toDecisionRequest(search, asked.metadata), [search, asked]);
  const source = useServiceSource(request?.serviceName, request?.tenantId);
  return (
    <>
      <PageHeader title={t('nav.playground')} note={t('playground.note')} />
      <div className="playground">
        <QuestionForm question={question} faults={readRequest(question).faults} onChange={setQuestion} />
        <Stack gap="sm" miw={0}>
          {!request && <Empty>{t('playground.ask')}</Empty>}
          {request && source.isPending && <Loading what={request.serviceName} />}
          {source.isError && <Failure error={source.error} onRetry={() => void source.refetch()} />}
          {request && source.data && (
            <Answers
              source={source.data}
              request={request}
              at={asked.at}
              hasDraft={question.draft === '1'}
              onDraft={(isOn) => setQuestion(withDraft(question, isOn))}
            />
          )}
        </Stack>
      </div>
    </>
  );
}

function withDraft<Q extends { draft?: string }>({ draft: _, ...rest }: Q, isOn: boolean) {
  return isOn ? { ...rest, draft: '1' } : rest;
}

interface AnswersProps {
  source: SnapshotSource;
  request: DecisionRequest;
  at: number | undefined;
  hasDraft: boolean;
  onDraft: (isOn: boolean) => void;
}

function Answers({ source, request, at, hasDraft, onDraft }: AnswersProps) {
  const { t } = useTranslation();
  const [round, setRound] = useState(0);
  const draft = useDraftSource(source, request.serviceName);
  const live = useExplained(source, request, at, round);
  const compared = hasDraft ? draft.source : undefined;
  const would = useExplained(compared, request, at, round);
  if (!live) return null;
  return (
    <>
      <Group gap="md" justify="space-between">
        <Checkbox
          label={draft.source ? t('playground.withDraft') : t('playground.noDraft')}
          checked={hasDraft && draft.source !== undefined}
          disabled={!draft.source}
          onChange={(event) => onDraft(event.currentTarget.checked)}
        />
        <Button variant="subtle" size="compact-xs" onClick={() => setRound(round + 1)}>
          {t('playground.again')}
        </Button>
      </Group>
      {draft.fault && <Text size="sm">{t('playground.draftBroken', { fault: draft.fault })}</Text>}
      {live.tries.length > 1 && (
        <Text size="sm" role="note">
          {t('playground.chance', {
            tries: live.tries.map(({ answer, count }) => `${answer} × ${count}`).join(', '),
          })}
        </Text>
      )}
      <div className="answer-columns">
        <DecisionSummary decision={live.decision} label={t('playground.live')} testId="decided-version" />
        {would && (
          <DecisionSummary
            decision={would.decision}
            label={t('playground.draft')}
            testId="draft-version"
            live={live.decision}
          />
        )}
      </div>
      <AskRouter request={request} decision={live.decision} hasTime={at !== undefined} />
      <Title order={2}>{t('playground.why')}</Title>
      <div className="answer-columns">
        <ExplainTree explanation={live} label={t('playground.whyLive')} isLabelShown={would !== undefined} />
        {would && <ExplainTree explanation={would} label={t('playground.whyDraft')} isLabelShown />}
      </div>
      <BatchPanel live={source} draft={draft.source} request={request} at={at} />
    </>
  );
}
