import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { untilConverged, watchConvergence } from '../../api/convergence.ts';
import { getRuleRevision, publishRuleRevision } from '../../api/generated/grey.ts';
import type { GuardOverride } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { useFormat } from '../../i18n/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { usePublished } from './publish-dialog.tsx';
import { RuleDiff } from './rule-diff.tsx';
import { RuleTable } from './rule-table.tsx';
import type { RuleSet } from './rule-types.ts';
import { WhatIf } from './what-if.tsx';

interface RevisionDialogProps {
  serviceId: string;
  number: number;
  liveSet: RuleSet;
  isPublishing: boolean;
  onClose: () => void;
}

/** One published set: its rules, how it differs from what is live, and the way to publish it again. */
export function RevisionDialog({ serviceId, number, liveSet, isPublishing, onClose }: RevisionDialogProps) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const revision = useQuery({
    queryKey: ['rule-revision', serviceId, number],
    queryFn: ({ signal }) => getRuleRevision(serviceId, number, { signal }),
  });
  const title = isPublishing
    ? t('rules.revision.publishTitle', { set: number })
    : t('rules.revision.title', { set: number });
  return (
    <Dialog onClose={onClose} size={960} title={title} closesOnClickOutside={!isPublishing}>
      {revision.isPending && <Loading what={t('rules.revision.title', { set: number })} />}
      {revision.isError && <Failure error={revision.error} onRetry={() => void revision.refetch()} />}
      {revision.data && (
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('rules.revision.publishedBy', {
              at: dateTime(revision.data.publishedAt),
              name: revision.data.publishedBy.name,
            })}
            {revision.data.reason && ` · ${revision.data.reason}`}
          </Text>
          {!isPublishing && <RuleTable rules={revision.data.rules} maxHeight="50vh" />}
          {(isPublishing || !revision.data.isLive) && (
            <>
              <Title order={3}>{t('rules.revision.toLive')}</Title>
              <RuleDiff before={liveSet} after={revision.data} />
            </>
          )}
          {isPublishing && <PublishAgain serviceId={serviceId} number={number} onClose={onClose} />}
        </Stack>
      )}
    </Dialog>
  );
}

function PublishAgain({ serviceId, number, onClose }: Pick<RevisionDialogProps, 'serviceId' | 'number' | 'onClose'>) {
  const { t } = useTranslation();
  const keyFor = useIdempotencyKey();
  const tellPublished = usePublished(serviceId);
  const [reason, setReason] = useState('');
  const publish = useMutation({
    mutationFn: (override?: GuardOverride) => {
      const body = { ...(reason.trim() ? { reason: reason.trim() } : {}), ...(override ? { override } : {}) };
      const headers = { 'idempotency-key': keyFor(body) };
      return watchConvergence((onConvergence) =>
        publishRuleRevision(serviceId, number, body, untilConverged, { headers, onConvergence }),
      );
    },
    onSuccess: async (published) => {
      await tellPublished(published);
      onClose();
    },
  });
  return (
    <>
      <Title order={3}>{t('rules.whatIf.title')}</Title>
      <WhatIf serviceId={serviceId} question={{ revision: number }} />
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
    </>
  );
}
