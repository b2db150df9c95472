import { Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { createChannel, updateChannel } from '../../api/generated/grey.ts';
import type { Channel } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { FormFooter } from '../../parts/form-footer.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import {
  type ChannelFields,
  type ChannelKind,
  channelKinds,
  checkFields,
  type FieldName,
  fieldAt,
  fieldsOf,
  settingsOf,
} from './channel-fields.ts';
import { MailFields } from './mail-fields.tsx';
import { SubscriptionFields } from './subscription-fields.tsx';
import { TemplateField } from './template-field.tsx';
import { WebhookFields } from './webhook-fields.tsx';

export interface PartProps {
  fields: ChannelFields;
  channel: Channel | undefined;
  set: (part: Partial<ChannelFields>) => void;
  fault: (name: FieldName) => string | undefined;
}

/** Makes a channel, or changes one. Secrets are only ever written: what is left empty stays. */
export function ChannelForm({ channel, onClose }: { channel?: Channel; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const keyFor = useIdempotencyKey();
  const [fields, setFields] = useState(() => fieldsOf(channel));
  const [isChecked, setChecked] = useState(false);
  const set = (part: Partial<ChannelFields>) => setFields({ ...fields, ...part });
  const save = useMutation({
    mutationFn: () => {
      const settings = settingsOf(fields, channel);
      const body = { name: fields.name.trim(), settings, subscriptions: [...fields.subscriptions] };
      return channel
        ? updateChannel(channel.id, body, { headers: { 'if-match': channel.etag } })
        : createChannel(body, { headers: { 'idempotency-key': keyFor(body) } });
    },
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: ['channels'] });
      onClose();
      // There a test is one click away.
      if (!channel) await navigate({ to: '/channels/$channelId', params: { channelId: saved.id } });
    },
  });
  const found = checkFields(fields, channel);
  const refused = save.error instanceof ApiProblem ? (save.error.problem.errors ?? []) : [];
  const fault = (name: FieldName) => {
    const own = isChecked ? found[name] : undefined;
    return own ? t(`channels.fault.${own}`) : refused.find(({ path }) => fieldAt(path) === name)?.message;
  };
  const isToldAtFields = refused.length > 0 && refused.every(({ path }) => fieldAt(path) !== undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (Object.keys(found).length === 0) save.mutate();
  };
  const part: PartProps = { fields, channel, set, fault };
  return (
    <SidePanel title={channel ? t('channels.editOf', { name: channel.name }) : t('channels.create')} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Group gap="sm" align="flex-start" grow>
            <TextInput
              label={t('channels.name')}
              data-autofocus
              maxLength={120}
              value={fields.name}
              error={fault('name')}
              onChange={(event) => set({ name: event.currentTarget.value })}
            />
            <NativeSelect
              label={t('channels.kind')}
              value={fields.kind}
              // A channel stays what it is: its secrets are of its kind.
              disabled={channel !== undefined}
              onChange={(event) => {
                // What was asked of another kind says nothing of this one.
                setChecked(false);
                save.reset();
                set({ kind: event.currentTarget.value as ChannelKind });
              }}
              data={channelKinds.map((kind) => ({ value: kind, label: t(`channels.kinds.${kind}`) }))}
            />
          </Group>
          {fields.kind === 'email' ? <MailFields {...part} /> : <WebhookFields {...part} format={fields.kind} />}
          <SubscriptionFields
            subscriptions={fields.subscriptions}
            onChange={(subscriptions) => set({ subscriptions })}
          />
          <TemplateField {...part} />
          <FormFooter
            error={isToldAtFields ? null : save.error}
            action={channel ? t('action.save') : t('channels.create')}
            isBusy={save.isPending}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </SidePanel>
  );
}
