import { Anchor, Progress, Stack, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Upgrade, UpgradeState } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { FailurePanel } from './failure-view.tsx';
import { FollowedMark } from './followed-mark.tsx';
import { UpgradeActions } from './upgrade-actions.tsx';
import { UpgradeFacts } from './upgrade-facts.tsx';
import { isOver, returnOf, stateTones, type UpgradeAction } from './upgrade-state.ts';
import { UpgradeStepper } from './upgrade-stepper.tsx';
import { PlaceWords, UpgradeMove, UpgradeStateLabel } from './upgrade-words.tsx';
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
        before={<BackLink upgrade={upgrade} />}
        actions={upgrade && <UpgradeActions upgrade={upgrade} onAction={setAction} />}
      />
      {query.isPending && <Loading what={t('upgrades.one')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {upgrade && (
        <Stack gap="sm">
          <Headline upgrade={upgrade} />
          {upgrade.failure && <FailurePanel failure={upgrade.failure} isPast={isOver(upgrade)} />}
          <div className="upgrade-columns">
            <section className="panel" aria-label={t('upgrades.steps.title')}>
              <UpgradeStepper upgrade={upgrade} />
            </section>
            <UpgradeFacts upgrade={upgrade} />
          </div>
        </Stack>
      )}
      {upgrade && action && <ActionDialog action={action} upgrade={upgrade} onClose={() => setAction(null)} />}
    </>
  );
}

function BackLink({ upgrade }: { upgrade: Upgrade | undefined }) {
  const { t } = useTranslation();
  return upgrade?.batchId ? (
    <Anchor component={Link} to={`/upgrades/batches/${upgrade.batchId}`} size="xs">
      {t('upgrades.backToBatch')}
    </Anchor>
  ) : (
    <Anchor component={Link} to="/upgrades" size="xs">
      {t('upgrades.backToList')}
    </Anchor>
  );
}

/** Where the API's own words add something to what is said here: by whom it was aborted, what the schema is now. */
const isTold: Partial<Record<UpgradeState, boolean>> = { queued: true, aborting: true, done: true, aborted: true };

/** What is happening, how far it is, and what can still be taken back: first of all, and in words. */
function Headline({ upgrade }: { upgrade: Upgrade }) {
  const { t } = useTranslation();
  const { percent, dateTime } = useFormat();
  const { state, step, awaits, waitUntil, sentence, place, fromVersion, toVersion, tenantId } = upgrade;
  const words = {
    step: step === null ? t('state.none') : t(`upgrades.steps.${step}`),
    from: fromVersion ?? t('state.none'),
    to: toVersion,
    tenant: tenantId,
  };
  const now =
    state === 'waiting' && awaits
      ? t(`upgrades.now.waits.${awaits}`, words)
      : t(`upgrades.now.${state === 'waiting' ? 'running' : state}`, words);
  // While it goes on, the step under way says more than the sentence about all of it: whom the fence waits for, say.
  const isNow = state === 'running' || (state === 'waiting' && awaits !== 'confirmation');
  const further = isNow ? upgrade.steps.find((one) => one.name === step)?.detail : isTold[state] && sentence;
  return (
    <section className="panel upgrade-headline" data-tone={stateTones[state]} aria-label={t('upgrades.state')}>
      <Text fw={600} role="status">
        {now} {waitUntil && !isOver(upgrade) && t('upgrades.nextAt', { at: dateTime(waitUntil) })}
      </Text>
      <Text size="sm">{t(`upgrades.returns.${returnOf(upgrade)}`, words)}</Text>
      {further && (
        <Text size="sm" c={isOver(upgrade) ? 'dimmed' : ''}>
          {further}
        </Text>
      )}
      {!isOver(upgrade) && (
        <div className="upgrade-now">
          <Progress
            value={upgrade.percent}
            size="md"
            transitionDuration={0}
            color={upgrade.failure ? 'red' : 'indigo'}
            aria-label={t('upgrades.progressOf', { tenant: tenantId })}
          />
          <span className="nowrap">{percent(upgrade.percent)}</span>
        </div>
      )}
      {place && !isOver(upgrade) && (
        <Text size="sm" component="div">
          <PlaceWords place={place} />
        </Text>
      )}
    </section>
  );
}
