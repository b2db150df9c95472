import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getHealth } from '../../api/generated/grey.ts';

/** Nothing tells when PostgreSQL goes: asked again now and then. */
const rereadMs = 5_000;

/** Says that PostgreSQL is away, and what that means for a rollback: nothing. */
export function DatabaseAway() {
  const { t } = useTranslation();
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => getHealth({ signal }),
    refetchInterval: rereadMs,
    retry: false,
  });
  const parts = health.data?.parts;
  if (parts?.['database']?.status !== 'down') return null;
  const isRedisThere = parts['redis']?.status === 'up';
  return (
    <div className="panel emergency-away" data-tone="warn" role="status">
      <Text size="sm" fw={600}>
        {t('emergency.away.title')}
      </Text>
      <Text size="sm">{t('emergency.away.means')}</Text>
      <Text size="sm">{t(`emergency.away.${isRedisThere ? 'withRedis' : 'alone'}`)}</Text>
    </div>
  );
}
