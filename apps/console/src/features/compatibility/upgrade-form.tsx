import { ActionIcon, Button, Group, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listServices, listVersions } from '../../api/generated/grey.ts';
import { requestOf, type Target, targetsOf, type UpgradeQuestion, wordTargets } from './upgrade-question.ts';

interface UpgradeFormProps {
  question: UpgradeQuestion;
  isBusy: boolean;
  onAsk: (question: UpgradeQuestion) => void;
}

/** Whom, and where to. */
export function UpgradeForm({ question, isBusy, onAsk }: UpgradeFormProps) {
  const { t } = useTranslation();
  const [by, setBy] = useState<'tenants' | 'tag' | 'all'>(question.by ?? 'tenants');
  const [tenants, setTenants] = useState(question.tenants ?? '');
  const [tag, setTag] = useState(question.tag ?? '');
  const [targets, setTargets] = useState<readonly Target[]>(() => {
    const kept = targetsOf(question.to);
    return kept.length > 0 ? kept : [{ serviceId: '', version: '' }];
  });
  const [isChecked, setChecked] = useState(false);
  const next: UpgradeQuestion = {
    ...(by === 'tenants' ? { tenants: tenants.trim() } : { by }),
    ...(by === 'tag' ? { tag: tag.trim() } : {}),
    to: wordTargets(targets.filter((one) => one.serviceId !== '' && one.version !== '')),
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (requestOf(next)) onAsk(next);
  };
  const needed = (isMissing: boolean) => (isChecked && isMissing ? t('form.required') : undefined);
  return (
    <form onSubmit={submit} noValidate className="panel upgrade-form" aria-label={t('upgrade.form')}>
      <Stack gap="xs">
        <NativeSelect
          label={t('upgrade.whom')}
          value={by}
          data={(['tenants', 'tag', 'all'] as const).map((value) => ({ value, label: t(`upgrade.by.${value}`) }))}
          onChange={(event) => setBy(event.currentTarget.value as typeof by)}
        />
        {by === 'tenants' && (
          <Textarea
            label={t('upgrade.tenants')}
            description={t('upgrade.tenantsRule')}
            autosize
            minRows={1}
            maxRows={6}
            classNames={{ input: 'mono' }}
            value={tenants}
            error={needed(tenants.trim() === '')}
            onChange={(event) => setTenants(event.currentTarget.value)}
          />
        )}
        {by === 'tag' && (
          <TextInput
            label={t('filter.tag')}
            value={tag}
            error={needed(tag.trim() === '')}
            onChange={(event) => setTag(event.currentTarget.value)}
          />
        )}
      </Stack>
      <Stack gap="xs">
        <TargetList targets={targets} onChange={setTargets} />
        {needed(next.to === '') && (
          <Text size="xs" c="var(--mantine-color-error)" role="alert">
            {t('upgrade.noTarget')}
          </Text>
        )}
        <Group gap="xs">
          <Button
            variant="default"
            onClick={() => setTargets([...targets, { serviceId: '', version: '' }])}
            disabled={targets.length >= 100}
          >
            {t('upgrade.addTarget')}
          </Button>
          <Button type="submit" loading={isBusy}>
            {t('upgrade.find')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface TargetListProps {
  targets: readonly Target[];
  onChange: (targets: Target[]) => void;
}

function TargetList({ targets, onChange }: TargetListProps) {
  const { t } = useTranslation();
  const services = useQuery({
    queryKey: ['services', { all: true }],
    queryFn: ({ signal }) => listServices({ limit: 1000 }, { signal }),
  });
  const offered = useQueries({
    queries: targets.map(({ serviceId }) => ({
      queryKey: ['versions', serviceId],
      queryFn: ({ signal }: { signal: AbortSignal }) => listVersions(serviceId, { signal }),
      enabled: serviceId !== '',
    })),
  });
  const choose = { value: '', label: t('lanes.choose') };
  const taken = targets.map((one) => one.serviceId);
  const names = services.data?.items.map(({ id }) => id) ?? [];
  const set = (index: number, next: Target) => onChange(targets.map((one, at) => (at === index ? next : one)));
  return (
    <Stack gap={6} role="group" aria-label={t('upgrade.targets')}>
      <Text size="xs" fw={600}>
        {t('upgrade.targets')}
      </Text>
      {targets.map(({ serviceId, version }, index) => {
        const known = (offered[index]?.data?.items ?? [])
          .filter(({ status }) => status !== 'retired')
          .map((one) => one.version);
        return (
          <Group key={index} gap="xs" wrap="nowrap">
            <NativeSelect
              flex={1}
              aria-label={t('upgrade.serviceOf', { number: index + 1 })}
              value={serviceId}
              data={[
                choose,
                ...(serviceId && !names.includes(serviceId) ? [serviceId] : []),
                ...names.filter((id) => id === serviceId || !taken.includes(id)),
              ]}
              onChange={(event) => set(index, { serviceId: event.currentTarget.value, version: '' })}
            />
            <NativeSelect
              w={150}
              aria-label={t('upgrade.versionOf', { number: index + 1 })}
              value={version}
              data={[choose, ...(version && !known.includes(version) ? [version] : []), ...known]}
              onChange={(event) => set(index, { serviceId, version: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('upgrade.removeOf', { number: index + 1 })}
              disabled={targets.length === 1}
              onClick={() => onChange(targets.filter((_, at) => at !== index))}
            >
              <span aria-hidden="true">{'✕'}</span>
            </ActionIcon>
          </Group>
        );
      })}
    </Stack>
  );
}
