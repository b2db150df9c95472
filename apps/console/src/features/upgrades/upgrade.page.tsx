import { Stack } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BackLink } from '../../parts/back-link.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Queried } from '../../parts/queried.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { FailurePanel } from './failure-view.tsx';
import { FollowedMark } from './followed-mark.tsx';
import { UpgradeActions } from './upgrade-actions.tsx';
import { UpgradeFacts } from './upgrade-facts.tsx';
import { UpgradeHeadline } from './upgrade-headline.tsx';
import { isOver, type UpgradeAction } from './upgrade-state.ts';
import { UpgradeStepper } from './upgrade-stepper.tsx';
import { UpgradeMove, UpgradeStateLabel } from './upgrade-words.tsx';
import './upgrades.css';
import { useFollowedUpgrade } from './use-upgrade.ts';

/** One tenant on its way: what is happening now, what can still be taken back, what was done and what can be done. */
export function TenantUpgradePage() {
  const { t } = useTranslation();
  const { upgradeId } = useParams({ from: '/shell/upgrades/$upgradeId' });
  const { query, isFollowing, isStreaming } = useFollowedUpgrade(upgradeId);
  const [action, setAction] = useState<UpgradeAction | null>(null);
  const upgrade = query.data;
  return (
    <>
      <PageHeader
        title={upgrade ? t('upgrades.titleOf', { tenant: upgrade.tenantId, service: upgrade.serviceId }) : upgradeId}
        note={
          upgrade && (
            <span className="upgrade-note">
              <UpgradeMove upgrade={upgrade} hasSchema />
              <UpgradeStateLabel upgrade={upgrade} />
              {isFollowing && <FollowedMark isStreaming={isStreaming} />}
            </span>
          )
        }
        before={
          upgrade?.batchId ? (
            <BackLink to={`/upgrades/batches/${upgrade.batchId}`}>{t('upgrades.backToBatch')}</BackLink>
          ) : (
            <BackLink to="/upgrades">{t('upgrades.backToList')}</BackLink>
          )
        }
        actions={upgrade && <UpgradeActions upgrade={upgrade} onAction={setAction} />}
      />
      <Queried query={query} what={t('upgrades.one')}>
        {(found) => (
          <Stack gap="sm">
            <UpgradeHeadline upgrade={found} />
            {found.failure && <FailurePanel failure={found.failure} isPast={isOver(found)} />}
            <div className="upgrade-columns">
              <section className="panel" aria-label={t('upgrades.steps.title')}>
                <UpgradeStepper upgrade={found} />
              </section>
              <UpgradeFacts upgrade={found} />
            </div>
          </Stack>
        )}
      </Queried>
      {upgrade && action && <ActionDialog action={action} upgrade={upgrade} onClose={() => setAction(null)} />}
    </>
  );
}
