import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { deleteLane } from '../../api/generated/grey.ts';
import type { GuardOverride, Lane } from '../../api/generated/model/index.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { wordReference } from '../services/word-reference.ts';

interface DeleteLaneProps {
  lane: Lane;
  onClose: () => void;
  onDeleted: () => void;
}

/** Deletes a lane that no rule leads into; those that do are named. */
export function DeleteLane({ lane, onClose, onDeleted }: DeleteLaneProps) {
  const { t } = useTranslation();
  const { tag, etag, enteredBy } = lane;
  const change = useWatchedChange([['lanes']], onDeleted);
  const references = change.error instanceof ApiProblem ? (change.error.problem.references ?? []) : [];
  const remove = (override?: GuardOverride) =>
    change.mutate({
      call: (params, init) =>
        deleteLane(tag, { ...params, ...(override ? { overrideReason: override.reason } : {}) }, init),
      headers: { 'if-match': etag },
      done: t('lanes.deleted', { tag }),
    });
  return (
    <ConfirmTyped
      title={t('lanes.deleteOf', { tag })}
      word={tag}
      action={t('action.delete')}
      isBusy={change.isPending}
      error={change.error}
      hasReason={false}
      onClose={onClose}
      onConfirm={() => remove()}
      onOverride={remove}
    >
      <Stack gap="xs">
        <span>{t('lanes.deleteMeans')}</span>
        {enteredBy.length > 0 && (
          <Text size="sm" c="var(--bad)">
            {t('lanes.stillEntered', {
              rules: enteredBy.map(({ serviceId, ruleName }) => `${serviceId}: ${ruleName}`).join(', '),
            })}
          </Text>
        )}
        {references.length > 0 && (
          <ul className="mono" style={{ margin: 0, fontSize: 12 }}>
            {references.map((reference) => (
              <li key={JSON.stringify(reference)}>{wordReference(reference)}</li>
            ))}
          </ul>
        )}
      </Stack>
    </ConfirmTyped>
  );
}
