import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { forgetRouter } from '../../api/generated/grey.ts';
import type { SilentRouter } from '../../api/generated/model/index.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';

/** Asks for the word that a router is gone: said of one that still answers, it lets requests reach the wrong version. */
export function ForgetRouter({ router, onClose }: { router: SilentRouter; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const forget = useMutation({
    mutationFn: (reason: string) => forgetRouter(router.id, { reason }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ['routers'] });
    },
  });
  return (
    <ConfirmTyped
      title={t('routers.silent.forgetTitle', { id: router.id })}
      word={router.id}
      action={t('routers.silent.forgetAnswer')}
      isReasonNeeded
      isBusy={forget.isPending}
      error={forget.error}
      onConfirm={(reason) => forget.mutate(reason ?? '')}
      onClose={onClose}
    >
      {t('routers.silent.forgetMeans')}
    </ConfirmTyped>
  );
}
