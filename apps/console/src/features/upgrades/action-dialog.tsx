import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { cancelUpgrade, retryUpgrade, skipUpgrade } from '../../api/generated/grey.ts';
import type { UpgradeSummary } from '../../api/generated/model/index.ts';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { Loading } from '../../parts/states.tsx';
import { ConfirmContract } from './confirm-contract.tsx';
import { SettleDialog } from './settle-dialog.tsx';
import { takenBack, type UpgradeAction } from './upgrade-state.ts';
import { useUpgradeChange, useWholeUpgrade } from './use-upgrade.ts';

interface ActionDialogProps {
  action: UpgradeAction;
  upgrade: UpgradeSummary;
  onClose: () => void;
}

/** What comes before something is done to an upgrade: what it means, and the reason that is kept. */
export function ActionDialog({ action, upgrade, onClose }: ActionDialogProps) {
  if (action === 'confirm') return <ConfirmContract upgrade={upgrade} onClose={onClose} />;
  if (action === 'settle') return <SettleDialog upgrade={upgrade} onClose={onClose} />;
  return <PlainAction action={action} upgrade={upgrade} onClose={onClose} />;
}

const calls = { cancel: cancelUpgrade, retry: retryUpgrade, skip: skipUpgrade };

interface PlainActionProps extends ActionDialogProps {
  action: keyof typeof calls;
}

function PlainAction({ action, upgrade, onClose }: PlainActionProps) {
  const { t } = useTranslation();
  const change = useUpgradeChange(onClose);
  const { id, tenantId, serviceId, toVersion } = upgrade;
  return (
    <ReasonDialog
      title={t(`upgrades.do.${action}Title`, { tenant: tenantId, service: serviceId, version: toVersion })}
      size={560}
      action={t(`upgrades.do.${action === 'cancel' ? 'cancelGo' : action}`)}
      leave={t('upgrades.leaveIt')}
      color={action === 'cancel' ? 'red' : 'indigo'}
      isBusy={change.isPending}
      error={change.error}
      onAnswer={(body) => change.mutate(() => calls[action](id, body))}
      onClose={onClose}
    >
      {action === 'cancel' ? (
        <WhatIsTakenBack upgrade={upgrade} />
      ) : (
        <Text size="sm">{t(`upgrades.do.${action}Means`)}</Text>
      )}
    </ReasonDialog>
  );
}

/** In the order in which it will be done. */
function WhatIsTakenBack({ upgrade }: { upgrade: UpgradeSummary }) {
  const { t } = useTranslation();
  const { fromVersion, schemaFrom } = upgrade;
  const whole = useWholeUpgrade(upgrade.id);
  if (whole.isPending) return <Loading what={t('upgrades.steps.title')} />;
  const undone = takenBack(whole.data?.steps ?? []);
  if (undone.length === 0) return <Text size="sm">{t('upgrades.back.nothing')}</Text>;
  return (
    <Stack gap={4}>
      <Text size="sm">{t('upgrades.back.title')}</Text>
      <ol className="plain-list">
        {undone.map((step) => (
          <li key={step}>
            {t(`upgrades.back.${step}`, {
              from: fromVersion ?? t('state.none'),
              schema: schemaFrom ?? t('state.none'),
            })}
          </li>
        ))}
      </ol>
      <Text size="sm">
        {t('upgrades.back.after', { tenant: upgrade.tenantId, from: fromVersion ?? t('state.none') })}
      </Text>
    </Stack>
  );
}
