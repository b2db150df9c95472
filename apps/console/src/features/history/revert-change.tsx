import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { planRevert, revertChange } from '../../api/generated/grey.ts';
import type { Change } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { kindKey } from '../changes/change-filters.ts';
import { RestoreReview } from './restore-review.tsx';

/** Takes one change back, also one that took another back: planned, then written as a change of its own. */
export function RevertChange({ change, onClose }: { change: Change; onClose: () => void }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  return (
    <Dialog
      onClose={onClose}
      size={860}
      closesOnClickOutside={false}
      title={t('changes.revertOf', { revision: change.position.revision })}
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('restore.original', {
            kind: t(`changeKinds.${kindKey(change.kind)}`),
            name: change.actor.name,
            at: dateTime(change.at),
          })}
        </Text>
        <RestoreReview
          planKey={['revert', change.id]}
          plan={({ overwrite, guard }, signal) => planRevert(change.id, { overwrite, ...guard }, { signal })}
          apply={(body, { overwrite, guard }, params, init) =>
            revertChange(change.id, { ...body, overwrite, ...guard }, params, init)
          }
          action={t('restore.revert')}
          onClose={onClose}
        />
      </Stack>
    </Dialog>
  );
}
