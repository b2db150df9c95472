import { Button, Group, NativeSelect, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getVersionFlags } from '../../api/generated/grey.ts';
import type { Flag, Version, VersionFlags } from '../../api/generated/model/index.ts';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { FlagForm } from './flag-form.tsx';
import { FlagJson } from './flag-json.tsx';
import { FlagList } from './flag-list.tsx';
import { RemoveFlag } from './remove-flag.tsx';

interface FlagSectionProps {
  serviceId: string;
  versions: readonly Version[];
}

/** The flags that a version of the service exposes: chosen by version, since each has its own. */
export default function FlagSection({ serviceId, versions }: FlagSectionProps) {
  const { t } = useTranslation();
  const newest = versions.reduce<Version | undefined>((a, b) => (a && a.ordinal >= b.ordinal ? a : b), undefined);
  const [chosen, setChosen] = useState<string | null>(null);
  const version = chosen ?? newest?.version;
  const flags = useQuery({
    queryKey: ['flags', serviceId, version],
    queryFn: ({ signal }) => getVersionFlags(serviceId, version ?? '', { signal }),
    enabled: version !== undefined,
  });
  if (version === undefined) return null;
  return (
    <Stack gap="xs">
      <Group gap="sm" align="baseline">
        <Title order={2}>{t('flags.title')}</Title>
        <NativeSelect
          aria-label={t('flags.version')}
          value={version}
          data={versions.map((one) => one.version)}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed">
          {t('flags.means')}
        </Text>
      </Group>
      {flags.isPending && <Loading what={t('flags.title')} />}
      {flags.isError && <Failure error={flags.error} onRetry={() => void flags.refetch()} />}
      {flags.data && <FlagsOfVersion flags={flags.data} />}
    </Stack>
  );
}

function FlagsOfVersion({ flags }: { flags: VersionFlags }) {
  const { t } = useTranslation();
  const mayPublish = usePermission('routing.publish');
  const [edited, setEdited] = useState<Flag | 'new' | null>(null);
  const [removed, setRemoved] = useState<Flag | null>(null);
  return (
    <>
      {flags.flags.length === 0 ? (
        <Empty>{t('flags.noneYet')}</Empty>
      ) : (
        <FlagList flags={flags.flags} mayPublish={mayPublish} onEdit={setEdited} onRemove={setRemoved} />
      )}
      <Group gap="sm">
        {mayPublish && (
          <Button variant="default" size="compact-xs" onClick={() => setEdited('new')}>
            {t('flags.create')}
          </Button>
        )}
      </Group>
      {flags.flags.length > 0 && <FlagJson flags={flags.flags} />}
      {edited && (
        <FlagForm flags={flags} {...(edited === 'new' ? {} : { flag: edited })} onClose={() => setEdited(null)} />
      )}
      {removed && <RemoveFlag flags={flags} flag={removed} onClose={() => setRemoved(null)} />}
    </>
  );
}
