import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UpgradeSummary } from '../../api/generated/model/index.ts';
import { usePermission } from '../access/me.ts';
import { actionsOn, type UpgradeAction } from './upgrade-state.ts';

interface UpgradeActionsProps {
  upgrade: UpgradeSummary;
  isCompact?: boolean;
  onAction: (action: UpgradeAction) => void;
}

/** What the operator may do with it as it stands; each opens the question that comes before. */
export function UpgradeActions({ upgrade, isCompact = false, onAction }: UpgradeActionsProps) {
  const { t } = useTranslation();
  const mayRun = usePermission('upgrades.run');
  const mayContract = usePermission('upgrades.contract');
  const actions = actionsOn(upgrade).filter((action) =>
    action === 'confirm' || action === 'settle' ? mayContract : mayRun,
  );
  if (actions.length === 0) return null;
  return (
    <Group gap={6} wrap={isCompact ? 'wrap' : 'nowrap'}>
      {actions.map((action) => (
        <Button
          key={action}
          size={isCompact ? 'compact-xs' : 'xs'}
          variant={isCompact || (action !== 'confirm' && action !== 'settle') ? 'default' : 'filled'}
          {...(action === 'confirm' ? (isCompact ? { c: 'var(--bad)' } : { color: 'red' }) : {})}
          {...(isCompact ? { 'aria-label': t(`upgrades.do.${action}Of`, { tenant: upgrade.tenantId }) } : {})}
          onClick={() => onAction(action)}
        >
          {t(`upgrades.do.${action}`)}
        </Button>
      ))}
    </Group>
  );
}
