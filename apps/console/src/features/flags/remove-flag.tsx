import { useTranslation } from 'react-i18next';
import { putVersionFlags } from '../../api/generated/grey.ts';
import type { Flag, VersionFlags } from '../../api/generated/model/index.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';

interface RemoveFlagProps {
  flags: VersionFlags;
  flag: Flag;
  onClose: () => void;
}

export function RemoveFlag({ flags: { serviceId, version, flags, etag }, flag, onClose }: RemoveFlagProps) {
  const { t } = useTranslation();
  const change = useWatchedChange([['flags', serviceId]], onClose);
  const { name } = flag;
  return (
    <ConfirmTyped
      title={t('flags.removeOf', { name })}
      word={name}
      action={t('action.delete')}
      isBusy={change.isPending}
      error={change.error}
      onClose={onClose}
      onConfirm={(reason) => {
        const body = { flags: flags.filter((one) => one.name !== name), ...(reason ? { reason } : {}) };
        change.mutate({
          call: (params, init) => putVersionFlags(serviceId, version, body, params, init),
          headers: { 'if-match': etag },
          done: t('flags.removed', { name, version }),
        });
      }}
    >
      {t('flags.removeMeans', { version })}
    </ConfirmTyped>
  );
}
