import { compileVersionRange, parseVersionRange } from '@grey/route-core';
import { Button, Group, NativeSelect, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listServices, listVersions } from '../../api/generated/grey.ts';
import type { Requirement } from '../../api/generated/model/index.ts';
import { Dialog } from '../../parts/dialog.tsx';

interface RequirementDialogProps {
  serviceId: string;
  version: string;
  requirement: Requirement | undefined;
  /** Services that the version names already. */
  taken: readonly string[];
  onSave: (requirement: Requirement) => void;
  onRemove: () => void;
  onClose: () => void;
}

/** Which versions of another service will do; those that there are and fit are shown while typing. */
export function RequirementDialog(props: RequirementDialogProps) {
  const { serviceId, version, requirement, taken, onSave, onRemove, onClose } = props;
  const { t } = useTranslation();
  const [other, setOther] = useState(requirement?.serviceId ?? '');
  const [kind, setKind] = useState<'range' | 'labels'>(Array.isArray(requirement?.range) ? 'labels' : 'range');
  const [range, setRange] = useState(typeof requirement?.range === 'string' ? requirement.range : '');
  const [labels, setLabels] = useState(Array.isArray(requirement?.range) ? requirement.range : []);
  const [isChecked, setChecked] = useState(false);
  const services = useQuery({
    queryKey: ['services', { all: true }],
    queryFn: ({ signal }) => listServices({ limit: 1000 }, { signal }),
  });
  const versions = useQuery({
    queryKey: ['versions', other],
    queryFn: ({ signal }) => listVersions(other, { signal }),
    enabled: other !== '',
  });
  const known = versions.data?.items.map((one) => one.version) ?? [];
  const isRange = kind === 'range';
  const text = range.trim();
  const isReadable = text !== '' && parseVersionRange(text) !== null;
  const fitting = isRange ? (isReadable ? known.filter(compileVersionRange(text)) : []) : labels;
  const unknown = isRange ? [] : labels.filter((label) => versions.data && !known.includes(label));
  const isSound = other !== '' && (isRange ? isReadable : labels.length > 0 && unknown.length === 0);
  const offered = (services.data?.items ?? [])
    .map(({ id }) => id)
    .filter((id) => id !== serviceId && (id === requirement?.serviceId || !taken.includes(id)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (isSound) onSave({ serviceId: other, range: isRange ? text : labels });
  };
  return (
    <Dialog onClose={onClose} title={t('compatibility.requirementOf', { version })}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <NativeSelect
            label={t('terms.service')}
            data-autofocus
            value={other}
            error={isChecked && other === '' ? t('form.required') : undefined}
            data={[{ value: '', label: t('lanes.choose') }, ...offered]}
            onChange={(event) => {
              setOther(event.currentTarget.value);
              setLabels([]);
            }}
          />
          <NativeSelect
            label={t('compatibility.by')}
            value={kind}
            data={(['range', 'labels'] as const).map((value) => ({ value, label: t(`compatibility.kinds.${value}`) }))}
            onChange={(event) => setKind(event.currentTarget.value as typeof kind)}
          />
          {isRange ? (
            <TextInput
              label={t('compatibility.range')}
              description={t('compatibility.rangeRule')}
              classNames={{ input: 'mono' }}
              spellCheck={false}
              value={range}
              error={(isChecked || text !== '') && !isReadable ? t('compatibility.rangeFault') : undefined}
              onChange={(event) => setRange(event.currentTarget.value)}
            />
          ) : (
            <TagsInput
              label={t('compatibility.labels')}
              data={known}
              value={labels}
              error={
                unknown.length > 0
                  ? t('compatibility.labelsUnknown', { labels: unknown.join(', ') })
                  : isChecked && labels.length === 0
                    ? t('form.required')
                    : undefined
              }
              onChange={setLabels}
            />
          )}
          {isRange && isReadable && versions.data && (
            <Text size="sm" role="status" c={fitting.length === 0 ? 'var(--warn)' : 'dimmed'}>
              {fitting.length === 0
                ? t('compatibility.fitsNone', { service: other })
                : t('compatibility.fits', { versions: fitting.join(', ') })}
            </Text>
          )}
          <Group justify="space-between" gap="xs">
            {requirement ? (
              <Button variant="default" c="var(--bad)" onClick={onRemove}>
                {t('compatibility.remove')}
              </Button>
            ) : (
              <span />
            )}
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                {t('action.cancel')}
              </Button>
              <Button type="submit">{t('compatibility.take')}</Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
