import { Group, NativeSelect, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listVersions } from '../../api/generated/grey.ts';
import { splitTenantIds } from '../access/split-tenant-ids.ts';
import { ServiceField } from '../emergency/service-field.tsx';
import { KindField } from '../upgrades/kind-field.tsx';
import { type BatchDraft, type ScopeKind, scopeKinds } from './batch-draft.ts';

interface WhoFieldsProps {
  draft: BatchDraft;
  onChange: (next: Partial<BatchDraft>) => void;
}

/** The service, from what to what, and for whom. */
export function WhoFields({ draft, onChange }: WhoFieldsProps) {
  const { t } = useTranslation();
  const { serviceId, fromVersion, toVersion, scope, scopeText, kind } = draft;
  const versions = useQuery({
    queryKey: ['versions', serviceId],
    queryFn: ({ signal }) => listVersions(serviceId, { signal }),
    enabled: serviceId !== '',
    retry: false,
  });
  const choices = [...(versions.data?.items ?? [])].sort((a, b) => b.ordinal - a.ordinal);
  const count = splitTenantIds(scopeText).length;
  return (
    <Stack gap="sm" maw={720}>
      <ServiceField
        value={serviceId}
        fault={versions.error}
        onChange={(id) => onChange({ serviceId: id, fromVersion: '', toVersion: '' })}
      />
      <Group gap="sm" grow align="flex-start">
        <NativeSelect
          label={t('batches.new.from')}
          description={t('batches.new.fromMeans')}
          disabled={serviceId === ''}
          value={fromVersion}
          onChange={(event) => onChange({ fromVersion: event.currentTarget.value })}
          data={[
            { value: '', label: t('batches.new.anyVersion') },
            ...choices
              .filter(({ version }) => version !== toVersion)
              .map(({ version, assignmentCount }) => ({
                value: version,
                label: t('batches.new.assigned', { version, count: assignmentCount }),
              })),
          ]}
        />
        <NativeSelect
          label={t('batches.new.to')}
          description={t('batches.new.toMeans')}
          disabled={serviceId === ''}
          value={toVersion}
          onChange={(event) => onChange({ toVersion: event.currentTarget.value })}
          data={[
            { value: '', label: t('upgrades.start.choose') },
            ...choices
              .filter(({ version, status }) => version !== fromVersion && status !== 'retired')
              .map(({ version }) => version),
          ]}
        />
      </Group>
      <KindField value={kind} onChange={(next) => onChange({ kind: next })} />
      <Radio.Group
        size="xs"
        label={t('batches.new.scope')}
        value={scope}
        onChange={(value) => onChange({ scope: value as ScopeKind, scopeText: '' })}
      >
        <Group gap="md" mt={4}>
          {scopeKinds.map((value) => (
            <Radio key={value} size="xs" value={value} label={t(`batches.new.scopes.${value}`)} />
          ))}
        </Group>
      </Radio.Group>
      {scope === 'tag' && (
        <TextInput
          label={t('filter.tag')}
          value={scopeText}
          maxLength={64}
          autoComplete="off"
          onChange={(event) => onChange({ scopeText: event.currentTarget.value })}
        />
      )}
      {scope === 'tenants' && (
        <>
          <Textarea
            label={t('batches.new.tenantIds')}
            description={t('batches.new.idsRule')}
            value={scopeText}
            autosize
            minRows={3}
            maxRows={12}
            onChange={(event) => onChange({ scopeText: event.currentTarget.value })}
          />
          <Text size="xs" c="dimmed">
            {t('batches.tenantCount', { count })}
          </Text>
        </>
      )}
    </Stack>
  );
}
