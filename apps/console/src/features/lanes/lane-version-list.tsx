import { ActionIcon, Button, NativeSelect, Stack, Text } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listServices, listVersions } from '../../api/generated/grey.ts';
import type { LaneVersionFields } from './lane-fields.ts';

interface LaneVersionListProps {
  versions: readonly LaneVersionFields[];
  fault: (path: string) => string | undefined;
  onChange: (versions: LaneVersionFields[]) => void;
}

/** Which version of which service answers in the lane; a service that is not here is left to the lane's mode. */
export function LaneVersionList({ versions, fault, onChange }: LaneVersionListProps) {
  const { t } = useTranslation();
  const services = useQuery({
    queryKey: ['services', { all: true }],
    queryFn: ({ signal }) => listServices({ limit: 1000 }, { signal }),
  });
  const offered = useQueries({
    queries: versions.map(({ serviceId }) => ({
      queryKey: ['versions', serviceId],
      queryFn: ({ signal }: { signal: AbortSignal }) => listVersions(serviceId, { signal }),
      enabled: serviceId !== '',
    })),
  });
  const set = (index: number, next: LaneVersionFields) =>
    onChange(versions.map((one, at) => (at === index ? next : one)));
  const names = services.data?.items.map(({ id }) => id) ?? [];
  const choose = { value: '', label: t('lanes.choose') };
  return (
    <Stack gap={6} role="group" aria-label={t('lanes.versions')}>
      <Text size="sm" fw={500}>
        {t('lanes.versions')}
      </Text>
      {versions.map(({ serviceId, version }, index) => {
        const labels = offered[index]?.data?.items.filter(({ status }) => status !== 'retired') ?? [];
        const known = labels.map((one) => one.version);
        return (
          <div key={index} className="lane-row">
            <NativeSelect
              aria-label={t('lanes.serviceOf', { number: index + 1 })}
              value={serviceId}
              error={fault(`versions.${index}.serviceId`)}
              data={[choose, ...(serviceId && !names.includes(serviceId) ? [serviceId] : []), ...names]}
              onChange={(event) => set(index, { serviceId: event.currentTarget.value, version: '' })}
            />
            <NativeSelect
              aria-label={t('lanes.versionOf', { number: index + 1 })}
              value={version}
              error={fault(`versions.${index}.version`)}
              data={[choose, ...(version && !known.includes(version) ? [version] : []), ...known]}
              onChange={(event) => set(index, { serviceId, version: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('lanes.removeOf', { number: index + 1 })}
              onClick={() => onChange(versions.filter((_, at) => at !== index))}
            >
              <span aria-hidden="true">{'✕'}</span>
            </ActionIcon>
          </div>
        );
      })}
      <Button
        variant="default"
        size="compact-xs"
        w="max-content"
        onClick={() => onChange([...versions, { serviceId: '', version: '' }])}
      >
        {t('lanes.addService')}
      </Button>
    </Stack>
  );
}
