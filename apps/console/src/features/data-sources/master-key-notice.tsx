import { Code, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { getKeyRotation } from '../../api/generated/grey.ts';
import { usePermission } from '../access/me.ts';

export function isMasterKeyMissing(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'MASTER_KEY_MISSING';
}

/** Which master keys there are and how far the last rotation is. */
export function useKeyRotation() {
  const mayRotate = usePermission('data_sources.rotate');
  return useQuery({
    queryKey: ['key-rotation'],
    queryFn: ({ signal }) => getKeyRotation({ signal }),
    enabled: mayRotate,
    retry: (count, error) => !isMasterKeyMissing(error) && count < 2,
    refetchInterval: ({ state: { data } }) => (data?.state === 'running' ? 1_000 : false),
  });
}

/** Says on arrival, and not only after a form was filled in, that nothing can be encrypted here. */
export function MasterKeyNotice() {
  const rotation = useKeyRotation();
  return isMasterKeyMissing(rotation.error) ? <MasterKeyMissing /> : null;
}

const exampleEnvironment = [
  'GREY_MASTER_KEY=key-1:$(openssl rand -hex 32)',
  'GREY_DATA_SOURCE_ALLOW=10.20.0.0/16,db.internal',
].join('\n');

/** What to set where there is no master key. */
export function MasterKeyMissing() {
  const { t } = useTranslation();
  return (
    <Stack gap={6} className="panel" data-tone="warn" role="status" mb="sm">
      <Text size="sm" fw={600}>
        {t('masterKeys.missing')}
      </Text>
      <Text size="sm">{t('masterKeys.missingMeans')}</Text>
      <Code block>{exampleEnvironment}</Code>
      <Text size="xs" c="dimmed">
        {t('masterKeys.missingAlso')}
      </Text>
    </Stack>
  );
}
