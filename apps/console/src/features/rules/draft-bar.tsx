import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Ago } from '../../parts/ago.tsx';
import { Failure } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { DiscardDraft } from './discard-draft.tsx';
import { countFindings } from './finding-words.ts';
import { useRulesContext } from './rules-context.tsx';
import type { Findings } from './use-findings.ts';
import type { RuleWork } from './use-rule-work.ts';

interface DraftBarProps {
  work: RuleWork;
  findings: Findings;
  diffCount: number;
  onPublish: () => void;
  onImport: () => void;
}

/** How live rules and draft stand, what the analysis says, and what to do next. */
export function DraftBar({ work, findings, diffCount, onPublish, onImport }: DraftBarProps) {
  const { t } = useTranslation();
  const { mayDraft, mayPublish } = useRulesContext();
  const save = useMutation({
    mutationFn: () => work.save(),
    onSuccess: (draft) => draft && notifications.show({ message: t('rules.draftSaved') }),
  });
  const errors = countFindings(findings.list ?? []).errors;
  return (
    <div className="draft-bar">
      <Group justify="space-between" gap="sm">
        <Standing work={work} findings={findings} />
        {mayDraft && (
          <Group gap="xs">
            <Button variant="default" onClick={onImport}>
              {t('rules.import.open')}
            </Button>
            <Button variant="default" disabled={!work.canUndo} onClick={work.undo}>
              {t('rules.undo')}
            </Button>
            <DiscardDraft work={work} />
            <Button
              variant="default"
              disabled={!work.isEdited || work.isOutdated}
              loading={save.isPending}
              onClick={() => save.mutate()}
            >
              {t('rules.saveDraft')}
            </Button>
            {mayPublish && (
              <Button disabled={diffCount === 0 || work.isOutdated || errors > 0} onClick={onPublish}>
                {t('rules.publish.open')}
              </Button>
            )}
          </Group>
        )}
      </Group>
      {!mayDraft && (
        <Text size="sm" c="dimmed">
          {t('rules.readOnly')}
        </Text>
      )}
      {mayPublish && diffCount > 0 && errors > 0 && (
        <Text size="xs" c="dimmed">
          {t('rules.publish.blocked')}
        </Text>
      )}
      {save.isError && !work.isOutdated && <Failure error={save.error} />}
      {findings.error && <Failure error={findings.error} onRetry={findings.retry} />}
    </div>
  );
}

function Standing({ work, findings }: Pick<DraftBarProps, 'work' | 'findings'>) {
  const { t } = useTranslation();
  const { live, draft } = work.rules;
  return (
    <Group gap="sm" role="status" aria-label={t('rules.standing')}>
      {live ? (
        <span>
          <StatusLabel tone="good">{t('rules.liveSet', { set: live.number })}</StatusLabel>{' '}
          <span className="dim">
            <Ago iso={live.publishedAt} /> {live.publishedBy.name}
          </span>
        </span>
      ) : (
        <StatusLabel tone="plain">{t('rules.nothingLive')}</StatusLabel>
      )}
      {draft && (
        <span>
          <StatusLabel tone="note">{t('rules.draft')}</StatusLabel>{' '}
          <span className="dim">
            <Ago iso={draft.savedAt} /> {draft.savedBy.name}
          </span>
        </span>
      )}
      {draft && draft.basedOn !== (live?.number ?? null) && (
        <StatusLabel tone="warn">
          {draft.basedOn === null ? t('rules.begunBefore') : t('rules.begunOn', { set: draft.basedOn })}
        </StatusLabel>
      )}
      {work.isEdited && <StatusLabel tone="warn">{t('rules.unsaved')}</StatusLabel>}
      <FindingCounts findings={findings} />
    </Group>
  );
}

function FindingCounts({ findings }: Pick<DraftBarProps, 'findings'>) {
  const { t } = useTranslation();
  if (!findings.list) return null;
  const { errors, warnings } = countFindings(findings.list);
  if (errors + warnings === 0) return <StatusLabel tone="good">{t('rules.noFindings')}</StatusLabel>;
  return (
    <>
      {errors > 0 && <StatusLabel tone="bad">{t('rules.errors', { count: errors })}</StatusLabel>}
      {warnings > 0 && <StatusLabel tone="warn">{t('rules.warnings', { count: warnings })}</StatusLabel>}
    </>
  );
}
