import { Group, NativeSelect, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { splitTenantIds } from '../access/split-tenant-ids.ts';
import { answer, type RollbackQuestion, type ScopeKind, scopes } from './rollback-wish.ts';
import { ServiceField } from './service-field.tsx';
import { TenantPicker } from './tenant-picker.tsx';
import { useServiceVersions } from './use-service-versions.ts';
import { useVersionWords } from './use-version-words.ts';
import { listSources, listTargets, suggestTarget } from './version-choices.ts';

interface RollbackFormProps {
  question: RollbackQuestion;
  onChange: (question: RollbackQuestion) => void;
  tenantText: string;
  onTenantText: (text: string) => void;
  reason: string;
  onReason: (reason: string) => void;
}

/** Which service, from which version to which, for whom, and why. Nothing is chosen beforehand but what can be seen. */
export function RollbackForm({ question, onChange, tenantText, onTenantText, reason, onReason }: RollbackFormProps) {
  const { t } = useTranslation();
  const service = useServiceVersions(question.service);
  const wordVersion = useVersionWords();
  const versions = service.versions ?? [];
  const held = new Set(service.holds.map(({ fromVersion }) => fromVersion));
  const choose = (from: string) => {
    const to = question.to ?? suggestTarget(versions, from, held);
    onChange(answer(to && to !== from ? { ...question, to } : question, 'from', from));
  };
  const optionsOf = (list: typeof versions) => [
    { value: '', label: t('emergency.choose') },
    ...list.map((one) => ({
      value: one.version,
      label: wordVersion(one, { isDefault: service.defaults.has(one.version), isHeld: held.has(one.version) }),
    })),
  ];
  return (
    <Stack gap="sm">
      <ServiceField
        value={question.service ?? ''}
        fault={service.error}
        onChange={(id) => onChange(answer(question, 'service', id))}
      />
      <NativeSelect
        label={t('emergency.from')}
        description={t('emergency.fromMeans')}
        disabled={!service.versions}
        value={question.from ?? ''}
        data={optionsOf(listSources(versions))}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      <NativeSelect
        label={t('emergency.to')}
        description={t('emergency.toMeans')}
        disabled={!question.from || !service.versions}
        value={question.to ?? ''}
        data={optionsOf(listTargets(versions, question.from))}
        onChange={(event) => onChange(answer(question, 'to', event.currentTarget.value))}
      />
      <ScopeFields question={question} onChange={onChange} tenantText={tenantText} onTenantText={onTenantText} />
      <TextInput
        label={t('emergency.reason')}
        description={t('emergency.reasonMeans')}
        required
        value={reason}
        maxLength={500}
        autoComplete="off"
        onChange={(event) => onReason(event.currentTarget.value)}
      />
    </Stack>
  );
}

type ScopeFieldsProps = Pick<RollbackFormProps, 'question' | 'onChange' | 'tenantText' | 'onTenantText'>;

function ScopeFields({ question, onChange, tenantText, onTenantText }: ScopeFieldsProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const name = useId();
  const scope = question.scope ?? 'version';
  const pick = (kind: string) => onChange(answer(question, 'scope', kind === 'version' ? undefined : (kind as 'tag')));
  const count = splitTenantIds(tenantText).length;
  return (
    <Stack gap={6}>
      <Radio.Group name={name} label={t('emergency.scope')} size="xs" value={scope} onChange={pick}>
        <Stack gap={4} mt={4}>
          {scopes.map((kind: ScopeKind) => (
            <Radio key={kind} size="xs" value={kind} label={t(`emergency.scopes.${kind}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {scope === 'tag' && (
        <TextInput
          label={t('emergency.tag')}
          value={question.tag ?? ''}
          maxLength={64}
          autoComplete="off"
          onChange={(event) => onChange(answer(question, 'tag', event.currentTarget.value.trim()))}
        />
      )}
      {scope === 'tenants' && (
        <>
          <TenantPicker onPick={(id) => onTenantText([...splitTenantIds(tenantText), id].join('\n'))} />
          <Textarea
            label={t('emergency.tenants')}
            description={t('emergency.tenantsMean')}
            classNames={{ input: 'mono' }}
            autosize
            minRows={2}
            maxRows={8}
            spellCheck={false}
            value={tenantText}
            onChange={(event) => onTenantText(event.currentTarget.value)}
          />
          <Group gap="xs">
            <Text size="xs" c="dimmed" role="status">
              {t('emergency.tenantsNamed', { count, shown: number(count) })}
            </Text>
          </Group>
        </>
      )}
    </Stack>
  );
}
