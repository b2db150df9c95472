import { Group, NativeSelect, PasswordInput, TagsInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Security, usualPorts } from './channel-fields.ts';
import type { PartProps } from './channel-form.tsx';
import { splitWords } from './split-words.ts';

const securities = ['starttls', 'tls', 'none'] as const;

/** The mail server, and who gets the mail. */
export function MailFields({ fields, channel, set, fault }: PartProps) {
  const { t } = useTranslation();
  const kept = channel?.settings.kind === 'email' ? channel.settings : undefined;
  const secure = (security: Security) => {
    const isUsual = fields.port === usualPorts[fields.security];
    set({ security, ...(isUsual ? { port: usualPorts[security] } : {}) });
  };
  const text = (name: 'host' | 'port' | 'username' | 'from') => ({
    value: fields[name],
    error: fault(name),
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  return (
    <>
      <Group gap="sm" align="flex-start" wrap="nowrap">
        <TextInput
          label={t('channels.host')}
          flex={1}
          classNames={{ input: 'mono' }}
          autoComplete="off"
          {...text('host')}
        />
        <TextInput label={t('channels.port')} w={80} inputMode="numeric" {...text('port')} />
        <NativeSelect
          label={t('channels.securityTitle')}
          w={220}
          value={fields.security}
          onChange={(event) => secure(event.currentTarget.value as Security)}
          data={securities.map((value) => ({ value, label: t(`channels.security.${value}`) }))}
        />
      </Group>
      <Group gap="sm" align="flex-start" grow>
        <TextInput label={t('channels.username')} autoComplete="off" {...text('username')} />
        <PasswordInput
          label={t('access.password')}
          description={kept?.hasPassword ? t('channels.passwordKept') : undefined}
          placeholder={kept?.hasPassword ? t('channels.asItIs') : undefined}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('channels.showSecret') }}
          value={fields.password}
          error={fault('password')}
          onChange={(event) => set({ password: event.currentTarget.value })}
        />
      </Group>
      <TextInput label={t('channels.from')} type="email" {...text('from')} />
      <TagsInput
        label={t('channels.to')}
        description={t('channels.toRule')}
        maxTags={50}
        value={[...fields.to]}
        error={fault('to')}
        acceptValueOnBlur
        splitChars={[',', ' ', ';']}
        onChange={(to) => set({ to: splitWords(to) })}
      />
    </>
  );
}
