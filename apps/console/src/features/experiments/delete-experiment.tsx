import { useTranslation } from 'react-i18next';
import { deleteExperiment } from '../../api/generated/grey.ts';
import type { Experiment, GuardOverride } from '../../api/generated/model/index.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';

export function DeleteExperiment({ experiment, onClose }: { experiment: Experiment; onClose: () => void }) {
  const { t } = useTranslation();
  const { serviceId, id, etag } = experiment;
  const change = useWatchedChange([['experiments', serviceId]], onClose);
  const remove = (override?: GuardOverride) =>
    change.mutate({
      call: (params, init) =>
        deleteExperiment(serviceId, id, { ...params, ...(override ? { overrideReason: override.reason } : {}) }, init),
      headers: { 'if-match': etag },
      done: t('experiments.deleted', { id }),
    });
  return (
    <ConfirmTyped
      title={t('experiments.deleteOf', { id })}
      word={id}
      action={t('action.delete')}
      isBusy={change.isPending}
      error={change.error}
      hasReason={false}
      onClose={onClose}
      onConfirm={() => remove()}
      onOverride={remove}
    >
      {t('experiments.deleteMeans')}
    </ConfirmTyped>
  );
}
