import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useOutage } from './use-outage.ts';

/** Says that PostgreSQL is away, and what that means for a rollback. */
export function DatabaseAway() {
  const { t } = useTranslation();
  const { isDatabaseAway, redis } = useOutage();
  if (!isDatabaseAway) return null;
  return (
    <div className="panel emergency-away" data-tone="warn" role="status">
      <Text size="sm" fw={600}>
        {t('emergency.away.title')}
      </Text>
      <Text size="sm">{t('emergency.away.means')}</Text>
      <Text size="sm">{t(`emergency.away.redis.${redis}`)}</Text>
    </div>
  );
}
