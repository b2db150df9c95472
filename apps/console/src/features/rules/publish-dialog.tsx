import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { untilConverged, watchConvergence } from '../../api/convergence.ts';
import { publishRuleDraft } from '../../api/generated/grey.ts';
import type { GuardOverride, RuleFinding, RuleRevision } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { useEffectiveWords } from '../routers/effective-words.ts';
import { FindingList } from './finding-list.tsx';
import { RuleDiff } from './rule-diff.tsx';
import { type RuleWork, rulesKey } from './use-rule-work.ts';
import { WhatIf } from './what-if.tsx';

interface PublishDialogProps {
  serviceId: string;
  work: RuleWork;
  findings: readonly RuleFinding[];
  onClose: () => void;
}

/** What publishing would do, before it is done: the differences, what the analysis says, what the sample says. */
export function PublishDialog({ serviceId, work, findings, onClose }: PublishDialogProps) {
  const { t } = useTranslation();
  const keyFor = useIdempotencyKey();
  const [reason, setReason] = useState('');
  const tellPublished = usePublished(serviceId);
  const publish = useMutation({
    mutationFn: async (override?: GuardOverride) => {
      const draft = await work.save();
      if (!draft) return null;
      const body = { ...(reason.trim() ? { reason: reason.trim() } : {}), ...(override ? { override } : {}) };
      const headers = { 'if-match': draft.etag, 'idempotency-key': keyFor({ ...body, etag: draft.etag }) };
      return watchConvergence((onConvergence) =>
        publishRuleDraft(serviceId, body, untilConverged, { headers, onConvergence }),
      );
    },
    onSuccess: async (published) => {
      if (published) await tellPublished(published);
      onClose();
    },
  });
  const nameOf = (id: string) => work.ruleSet.rules.find((rule) => rule.id === id)?.name ?? id;
  return (
    <Dialog onClose={onClose} size={900} title={t('rules.publish.title', { serviceId })} closesOnClickOutside={false}>
      <Stack gap="sm">
        <Text size="sm">{t('rules.publish.means')}</Text>
        <Title order={3}>{t('rules.diff.title')}</Title>
        <RuleDiff before={work.liveSet} after={work.ruleSet} />
        {findings.length > 0 && (
          <>
            <Title order={3}>{t('rules.publish.findings')}</Title>
            <FindingList findings={findings} nameOf={nameOf} />
          </>
        )}
        <Title order={3}>{t('rules.whatIf.title')}</Title>
        <WhatIf serviceId={serviceId} question={{ ruleSet: work.ruleSet }} />
        <TextInput
          label={t('confirm.reason')}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {publish.isError && <Failure error={publish.error} onOverride={publish.mutate} />}
        <Group justify="flex-end" gap="xs" className="panel-actions">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button loading={publish.isPending} onClick={() => publish.mutate(undefined)}>
            {t('rules.publish.now')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** Says where a set is effective, and reads anew what it changed. */
export function usePublished(serviceId: string) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const wordEffective = useEffectiveWords();
  return async ({ result, convergence }: Awaited<ReturnType<typeof watchConvergence<RuleRevision>>>) => {
    notifications.show({
      title: t('rules.publish.done', { set: result.number }),
      message: wordEffective(convergence),
      autoClose: 8000,
    });
    await Promise.all(
      [rulesKey(serviceId), ['rule-revisions', serviceId], ['changes'], ['explain']].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    );
  };
}
