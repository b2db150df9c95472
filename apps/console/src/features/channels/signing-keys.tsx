import { Button, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { updateChannel } from '../../api/generated/grey.ts';
import type { Channel, ShownChannelSettings } from '../../api/generated/model/index.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { fieldsOf, hasRobotSecret, kindOf, newKeyId, settingsOf } from './channel-fields.ts';
import { makeSecret } from './make-secret.ts';

type Webhook = Extract<ShownChannelSettings, { kind: 'webhook' }>;
/** Two overlap while they are changed over. */
const maxKeys = 2;

/** Writes the keys anew; secrets of those that stay are not known here and are left out. */
function useKeys(channel: Channel) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (signingKeys: { id: string; secret?: string }[]) => {
      const settings = { ...settingsOf(fieldsOf(channel), channel), signingKeys };
      return updateChannel(
        channel.id,
        { settings: settings as typeof settings & { kind: 'webhook' } },
        { headers: { 'if-match': channel.etag } },
      );
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['channels'] }),
  });
}

/** Names of the keys that sign, and changing them over: add one, teach the receiver, take the old one out. */
export function SigningKeys({ channel, settings }: { channel: Channel; settings: Webhook }) {
  const { t } = useTranslation();
  const mayManage = usePermission('notifications.manage');
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string | null>(null);
  const kind = kindOf(channel);
  const ids = settings.signingKeyIds;
  if (kind !== 'cloudevents' && !hasRobotSecret(kind)) return null;
  if (kind !== 'cloudevents')
    return (
      <>
        <dt>{t('channels.robotSecret')}</dt>
        <dd>{ids.length > 0 ? t('channels.secretSet') : t('channels.secretNone')}</dd>
      </>
    );
  return (
    <>
      <dt>{t('channels.signingKeys')}</dt>
      <dd>
        <Group gap="xs">
          {ids.length === 0 && t('channels.unsigned')}
          {ids.map((id) => (
            <span key={id} className="channel-key">
              <span className="tag">{id}</span>
              {mayManage && (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={t('channels.removeKeyOf', { id })}
                  onClick={() => setRemoving(id)}
                >
                  {t('channels.removeKey')}
                </Button>
              )}
            </span>
          ))}
          {mayManage && ids.length < maxKeys && (
            <Button variant="default" size="compact-xs" onClick={() => setAdding(true)}>
              {ids.length === 0 ? t('channels.addKey') : t('channels.rotate')}
            </Button>
          )}
        </Group>
        {ids.length === maxKeys && (
          <Text size="xs" c="dimmed">
            {t('channels.bothSign')}
          </Text>
        )}
        {isAdding && <AddKey channel={channel} ids={ids} onClose={() => setAdding(false)} />}
        {removing !== null && <RemoveKey channel={channel} ids={ids} id={removing} onClose={() => setRemoving(null)} />}
      </dd>
    </>
  );
}

interface KeyProps {
  channel: Channel;
  ids: readonly string[];
  onClose: () => void;
}

function AddKey({ channel, ids, onClose }: KeyProps) {
  const { t } = useTranslation();
  const [made] = useState(() => ({ id: newKeyId(ids), secret: makeSecret() }));
  const keys = useKeys(channel);
  const isDone = keys.isSuccess;
  return (
    <Dialog
      onClose={onClose}
      closesOnClickOutside={false}
      title={ids.length === 0 ? t('channels.addKey') : t('channels.rotate')}
    >
      <Stack gap="sm">
        <Text size="sm">{t('channels.keyOnce')}</Text>
        <TextInput
          label={t('channels.newKey', { id: made.id })}
          readOnly
          data-autofocus
          classNames={{ input: 'mono' }}
          value={made.secret}
          onFocus={(event) => event.currentTarget.select()}
        />
        {isDone && (
          <Text size="sm" role="status">
            {ids.length === 0 ? t('channels.keyAdded') : t('channels.keyRotated')}
          </Text>
        )}
        {keys.isError && <Failure error={keys.error} />}
        <Group justify="flex-end" gap="xs">
          <CopyButton value={made.secret}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? t('access.copied') : t('access.copy')}
              </Button>
            )}
          </CopyButton>
          {isDone ? (
            <Button onClick={onClose}>{t('access.keyKept')}</Button>
          ) : (
            <Button loading={keys.isPending} onClick={() => keys.mutate([...ids.map((id) => ({ id })), made])}>
              {t('channels.signWithIt')}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}

function RemoveKey({ channel, ids, id, onClose }: KeyProps & { id: string }) {
  const { t } = useTranslation();
  const keys = useKeys(channel);
  const rest = ids.filter((one) => one !== id).map((one) => ({ id: one }));
  return (
    <ConfirmTyped
      title={t('channels.removeKeyOf', { id })}
      word={id}
      action={t('channels.removeKey')}
      isBusy={keys.isPending}
      error={keys.error}
      hasReason={false}
      onConfirm={() => keys.mutate(rest, { onSuccess: onClose })}
      onClose={onClose}
    >
      {rest.length === 0 ? t('channels.removeLastMeans') : t('channels.removeKeyMeans')}
    </ConfirmTyped>
  );
}
