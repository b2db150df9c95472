import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { planRestoreTenant, restoreTenant } from '../../api/generated/grey.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { MomentField } from './moment-field.tsx';
import { RestoreReview } from './restore-review.tsx';
import { useMomentWords } from './use-moment-words.ts';

interface RestoreTenantProps {
  tenantId: string;
  /** Picked already. */
  at?: string;
  onClose: () => void;
}

/** Takes one tenant and its assignments back to a moment: planned, then written as one change. */
export function RestoreTenant({ tenantId, at: given, onClose }: RestoreTenantProps) {
  const { t } = useTranslation();
  const wordMoment = useMomentWords();
  const [at, setAt] = useState(given);
  return (
    <Dialog
      onClose={onClose}
      size={860}
      closesOnClickOutside={false}
      title={t('restore.tenantTitle', { id: tenantId })}
    >
      <Stack gap="sm">
        <MomentField label={t('restore.to')} moment={at} mayBeNow={false} onPick={setAt} />
        {at === undefined ? (
          <Text size="sm" c="dimmed">
            {t('restore.pickFirst')}
          </Text>
        ) : (
          <>
            <Text size="sm">{t('restore.toMoment', { moment: wordMoment(at) })}</Text>
            <RestoreReview
              key={at}
              planKey={['tenant', tenantId, at]}
              plan={({ guard }, signal) => planRestoreTenant(tenantId, { at, ...guard }, { signal })}
              apply={(body, { guard }, params, init) =>
                restoreTenant(tenantId, { ...body, at, ...guard }, params, init)
              }
              action={t('restore.restore')}
              hasConflicts={false}
              onClose={onClose}
            />
          </>
        )}
      </Stack>
    </Dialog>
  );
}
