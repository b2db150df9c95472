import { Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { eraseUserFromAudit, listChanges } from '../../api/generated/grey.ts';
import { useFormat } from '../../i18n/format.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { Failure } from '../../parts/states.tsx';
import { deletedUsersIn } from './deleted-users.ts';

/** Takes a deleted user out of the log. What was erased cannot be brought back. */
export function ErasePerson() {
  const { t } = useTranslation();
  const [userId, setUserId] = useState('');
  const [isConfirming, setConfirming] = useState(false);
  const deleted = useQuery({
    queryKey: ['changes', 'deleted-users'],
    queryFn: ({ signal }) => listChanges({ kind: 'user.deleted', limit: 200 }, { signal }),
  });
  const users = deletedUsersIn(deleted.data?.items ?? []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (userId.trim()) setConfirming(true);
  };
  return (
    <section className="panel" aria-label={t('audit.erase')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Title order={2}>{t('audit.erase')}</Title>
          <Text size="sm">{t('audit.eraseMeans')}</Text>
          {deleted.isError && <Failure error={deleted.error} onRetry={() => void deleted.refetch()} />}
          <Group gap="xs" align="flex-end">
            <NativeSelect
              label={t('audit.deletedUser')}
              w={280}
              value={users.some(({ id }) => id === userId) ? userId : ''}
              onChange={(event) => setUserId(event.currentTarget.value)}
              data={[
                { value: '', label: users.length === 0 ? t('audit.noDeletedUser') : t('audit.pickUser') },
                ...users.map(({ id, name }) => ({ value: id, label: name === id ? id : `${name} (${id})` })),
              ]}
            />
            <TextInput
              label={t('audit.userId')}
              w={300}
              classNames={{ input: 'mono' }}
              value={userId}
              maxLength={64}
              onChange={(event) => setUserId(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" c="var(--bad)" disabled={!userId.trim()}>
              {t('audit.eraseOpen')}
            </Button>
          </Group>
        </Stack>
      </form>
      {isConfirming && (
        <ConfirmErasure userId={userId.trim()} onErased={() => setUserId('')} onClose={() => setConfirming(false)} />
      )}
    </section>
  );
}

interface ConfirmErasureProps {
  userId: string;
  onErased: () => void;
  onClose: () => void;
}

function ConfirmErasure({ userId, onErased, onClose }: ConfirmErasureProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const client = useQueryClient();
  const [withReasons, setWithReasons] = useState(false);
  const erase = useMutation({
    mutationFn: (reason: string) => eraseUserFromAudit({ userId, withReasons, reason }),
    onSuccess: async ({ changeCount, itemCount }) => {
      notifications.show({
        title: t('audit.erasedDone'),
        message: t('audit.erasedCounts', { changes: number(changeCount), items: number(itemCount) }),
        autoClose: 8000,
      });
      onErased();
      onClose();
      await client.invalidateQueries({ queryKey: ['changes'] });
    },
  });
  return (
    <ConfirmTyped
      title={t('audit.eraseOf', { id: userId })}
      word={userId}
      action={t('audit.eraseNow')}
      isBusy={erase.isPending}
      error={erase.error}
      isReasonNeeded
      onConfirm={(reason) => reason && erase.mutate(reason)}
      onClose={onClose}
    >
      <Stack gap="xs">
        <span>{t('audit.eraseFinal')}</span>
        <Checkbox
          label={t('audit.withReasons')}
          checked={withReasons}
          onChange={(event) => setWithReasons(event.currentTarget.checked)}
        />
      </Stack>
    </ConfirmTyped>
  );
}
