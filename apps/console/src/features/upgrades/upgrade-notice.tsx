import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listUpgrades } from '../../api/generated/grey.ts';
import { usePermission } from '../access/me.ts';
import { isOver, needsSomebody } from './upgrade-state.ts';
import { UpgradeMove, UpgradeProgress, UpgradeStateLabel } from './upgrade-words.tsx';

/** A tenant has one upgrade of a service at a time; these are more than anybody runs side by side. */
const looked = 20;
const rereadMs = 3_000;

/** Says on the page of a tenant that upgrades are under way, and how far they are. Nothing when none is. */
export function UpgradeNotice({ tenantId }: { tenantId: string }) {
  const { t } = useTranslation();
  const mayRead = usePermission('upgrades.read');
  const upgrades = useQuery({
    queryKey: ['upgrades', 'list', { tenantId, isNotice: true }],
    queryFn: ({ signal }) => listUpgrades({ tenantId, order: 'newest', limit: looked }, { signal }),
    enabled: mayRead,
    retry: false,
    refetchInterval: ({ state: { data } }) => (data?.items.some((one) => !isOver(one)) ? rereadMs : false),
  });
  const open = upgrades.data?.items.filter((one) => !isOver(one)) ?? [];
  if (open.length === 0) return null;
  return (
    <section
      className="panel upgrade-notice"
      data-tone={open.some(needsSomebody) ? 'warn' : 'note'}
      aria-label={t('upgrades.notice')}
    >
      <Stack gap={2}>
        {open.map((one) => (
          <Text key={one.id} size="sm" component="div" className="upgrade-note">
            <strong>{t('upgrades.notice')}</strong>
            <span className="mono">{one.serviceId}</span>
            <UpgradeMove upgrade={one} hasSchema />
            <UpgradeStateLabel upgrade={one} />
            <UpgradeProgress upgrade={one} />
            <Link to="/upgrades/$upgradeId" params={{ upgradeId: one.id }} className="plain-link">
              {t('upgrades.noticeOpen')}
            </Link>
          </Text>
        ))}
      </Stack>
    </section>
  );
}
