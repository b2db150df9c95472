import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { retireVersion, reviveVersion } from '../../api/generated/grey.ts';
import type { Retirement } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';

interface EndVersionProps {
  retirement: Retirement;
  onClose: () => void;
}

const outdatedBy = (serviceId: string) => [['retirement', serviceId], ['versions', serviceId], ['tenant-services']];

/** Ends a version that nothing keeps. */
export function RetireVersion({ retirement: { serviceId, version, etag, instanceCount }, onClose }: EndVersionProps) {
  const { t } = useTranslation();
  const keyFor = useIdempotencyKey();
  const change = useWatchedChange(outdatedBy(serviceId), onClose);
  return (
    <ConfirmTyped
      title={t('retirement.retireOf', { version })}
      word={version}
      action={t('retirement.retire')}
      isBusy={change.isPending}
      error={change.error}
      onClose={onClose}
      onConfirm={(reason) => {
        const body = reason ? { reason } : {};
        change.mutate({
          call: (params, init) => retireVersion(serviceId, version, body, params, init),
          headers: { 'if-match': etag, 'idempotency-key': keyFor({ ...body, etag }) },
          done: t('retirement.retired', { version }),
        });
      }}
    >
      {t('retirement.retireMeans')}
      {instanceCount > 0 && ` ${t('retirement.stillRunning', { count: instanceCount })}`}
    </ConfirmTyped>
  );
}

/** Makes a retired version selectable again. */
export function ReviveVersion({ retirement: { serviceId, version, etag }, onClose }: EndVersionProps) {
  const { t } = useTranslation();
  const keyFor = useIdempotencyKey();
  const [reason, setReason] = useState('');
  const change = useWatchedChange(outdatedBy(serviceId), onClose);
  const body = { reason: reason.trim() };
  return (
    <Dialog onClose={onClose} title={t('retirement.reviveOf', { version })}>
      <Stack gap="sm">
        <Text size="sm">{t('retirement.reviveMeans')}</Text>
        <TextInput
          label={t('confirm.reason')}
          data-autofocus
          required
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {change.isError && <Failure error={change.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            disabled={body.reason === ''}
            loading={change.isPending}
            onClick={() =>
              change.mutate({
                call: (params, init) => reviveVersion(serviceId, version, body, params, init),
                headers: { 'if-match': etag, 'idempotency-key': keyFor({ ...body, etag }) },
                done: t('retirement.revived', { version }),
              })
            }
          >
            {t('retirement.revive')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
