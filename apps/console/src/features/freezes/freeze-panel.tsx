import { Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deleteFreeze, getFreeze, updateFreeze } from '../../api/generated/grey.ts';
import type { Freeze } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { DeleteButton, EditButton } from '../../parts/edit-or-delete.tsx';
import { Queried } from '../../parts/queried.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { Failure } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { FreezeForm } from './freeze-form.tsx';
import { FreezeStateLabel } from './freeze-list.tsx';
import { useFreezeWords } from './freeze-words.ts';
import { OverrideList } from './override-list.tsx';

/** One freeze: whom, when, why, by whom; to be edited, ended now, or deleted. */
export function FreezePanel({ freezeId, onClose }: { freezeId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const freeze = useQuery({
    queryKey: ['freezes', 'one', freezeId],
    queryFn: ({ signal }) => getFreeze(freezeId, { signal }),
  });
  return (
    <SidePanel onClose={onClose} size={560} title={freeze.data?.title ?? t('freezes.title')}>
      <Queried query={freeze} what={t('freezes.title')}>
        {(found) => <Details freeze={found} onClose={onClose} />}
      </Queried>
    </SidePanel>
  );
}

function Details({ freeze, onClose }: { freeze: Freeze; onClose: () => void }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const { wordSpan, wordWhom, wordServices, wordRecurrence } = useFreezeWords();
  const mayWrite = usePermission('freezes.write');
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  const end = useWatchedChange([['freezes']], () => undefined);
  const isEndable = freeze.state === 'active' && !freeze.recurrence;
  return (
    <Stack gap="md">
      <dl className="facts">
        <dt>{t('freezes.stateOf')}</dt>
        <dd>
          <FreezeStateLabel state={freeze.state} />
        </dd>
        <dt>{t('freezes.when')}</dt>
        <dd>
          {wordRecurrence(freeze) ?? wordSpan(freeze.startsAt, freeze.endsAt)}
          {freeze.recurrence && <div className="dimmed">{wordSpan(freeze.startsAt, freeze.endsAt)}</div>}
        </dd>
        {freeze.next && (
          <>
            <dt>{t('freezes.next')}</dt>
            <dd>{wordSpan(freeze.next.startsAt, freeze.next.endsAt)}</dd>
          </>
        )}
        <dt>{t('freezes.whom')}</dt>
        <dd>{wordWhom(freeze)}</dd>
        <dt>{t('freezes.services')}</dt>
        <dd>{wordServices(freeze)}</dd>
        <dt>{t('freezes.reason')}</dt>
        <dd>{freeze.reason}</dd>
        <dt>{t('freezes.by')}</dt>
        <dd>{`${freeze.createdBy.name} · ${dateTime(freeze.createdAt)}`}</dd>
      </dl>
      {mayWrite && (
        <Group gap="xs">
          <EditButton onClick={() => setDialog('edit')} />
          {isEndable && (
            <Button
              variant="default"
              loading={end.isPending}
              onClick={() =>
                end.mutate({
                  call: (_, init) => updateFreeze(freeze.id, { endsAt: new Date().toISOString() }, init),
                  headers: { 'if-match': freeze.etag },
                  done: t('freezes.ended', { title: freeze.title }),
                })
              }
            >
              {t('freezes.endNow')}
            </Button>
          )}
          <DeleteButton onClick={() => setDialog('delete')} />
        </Group>
      )}
      {end.isError && <Failure error={end.error} />}
      <div>
        <Group justify="space-between" mb="xs">
          <Title order={3}>{t('freezes.overrides')}</Title>
          <Anchor component={Link} to="/changes" size="xs">
            {t('nav.changes')}
          </Anchor>
        </Group>
        <OverrideList freeze={freeze} />
      </div>
      {dialog === 'edit' && <FreezeForm freeze={freeze} onClose={() => setDialog(null)} />}
      {dialog === 'delete' && <DeleteFreeze freeze={freeze} onClose={() => setDialog(null)} onDeleted={onClose} />}
    </Stack>
  );
}

interface DeleteFreezeProps {
  freeze: Freeze;
  onClose: () => void;
  onDeleted: () => void;
}

function DeleteFreeze({ freeze, onClose, onDeleted }: DeleteFreezeProps) {
  const { t } = useTranslation();
  const remove = useWatchedChange([['freezes']], onDeleted);
  return (
    <ReasonDialog
      title={t('freezes.deleteOf', { title: freeze.title })}
      action={t('action.delete')}
      color="red"
      isBusy={remove.isPending}
      error={remove.error}
      onAnswer={(body) =>
        remove.mutate({
          call: (_, init) => deleteFreeze(freeze.id, body, init),
          headers: { 'if-match': freeze.etag },
          done: t('freezes.deleted', { title: freeze.title }),
        })
      }
      onClose={onClose}
    >
      <Text size="sm">{t('freezes.deleteMeans')}</Text>
    </ReasonDialog>
  );
}
