import { Group, PasswordInput, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { WebhookFormat } from '../../api/generated/model/index.ts';
import { hasRobotSecret } from './channel-fields.ts';
import type { PartProps } from './channel-form.tsx';

/** Where a webhook or a robot is, and what it signs with. */
export function WebhookFields({ fields, channel, set, fault, format: kind }: PartProps & { format: WebhookFormat }) {
  const { t } = useTranslation();
  const shown = channel?.settings.kind === 'webhook' ? channel.settings : undefined;
  const isSecretOffered = hasRobotSecret(kind) || (kind === 'cloudevents' && !channel);
  const hasSecret = (shown?.signingKeyIds.length ?? 0) > 0;
  return (
    <>
      <TextInput
        label={t('channels.url')}
        description={shown ? t('channels.urlKept', { origin: shown.origin }) : t(`channels.urlRule.${kind}`)}
        placeholder={shown ? t('channels.asItIs') : undefined}
        type="url"
        autoComplete="off"
        classNames={{ input: 'mono' }}
        value={fields.url}
        error={fault('url')}
        onChange={(event) => set({ url: event.currentTarget.value })}
      />
      {isSecretOffered && (
        <Group gap="xs" align="flex-end" grow>
          <PasswordInput
            label={hasRobotSecret(kind) ? t('channels.robotSecret') : t('channels.signingKey')}
            description={hasRobotSecret(kind) ? t('channels.robotSecretRule') : t('channels.signingKeyRule')}
            placeholder={hasSecret ? t('channels.asItIs') : undefined}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('channels.showSecret') }}
            value={fields.secret}
            error={fault('secret')}
            onChange={(event) => set({ secret: event.currentTarget.value })}
          />
        </Group>
      )}
      {channel && kind === 'cloudevents' && (
        <Text size="xs" c="dimmed">
          {t('channels.keysThere')}
        </Text>
      )}
    </>
  );
}
