import { Button, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EmergencyRollback, RollbackResult } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { VersionDiff } from '../assignments/plan-diff.tsx';
import { LiftDialog } from '../holds/lift-dialog.tsx';
import { RollbackProgress } from '../holds/rollback-progress.tsx';
import { useHold } from '../holds/use-hold.ts';
import { Acknowledgements } from './acknowledgements.tsx';
import { ConsequenceLists } from './consequence-lists.tsx';
import { useOutage } from './use-outage.ts';

interface RollbackOutcomeProps {
  sent: EmergencyRollback;
  result: RollbackResult;
  /** From pressing the button until the answer, in milliseconds. */
  tookMs: number;
  onAgain: () => void;
}

const durabilityKeys = { log: 'log', 'journal+redis': 'journalAndRedis', journal: 'journal' } as const;

/** It is in force: since when, where it is kept, which routers have it, and the way back. */
export function RollbackOutcome({ sent, result, tookMs, onAgain }: RollbackOutcomeProps) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const [isUndoing, setUndoing] = useState(false);
  const { position, durability, rollbackId } = result;
  const { isDatabaseAway } = useOutage();
  // Without PostgreSQL there is nothing to read yet; once it is back, the hold comes by itself.
  const { hold, rollback } = useHold(rollbackId, durability === 'log' || !isDatabaseAway);
  const isInLog = durability === 'log' || hold.isSuccess;
  const isLifted = hold.data?.isActive === false;
  return (
    <Stack gap="sm">
      <section
        className="panel emergency-done"
        data-tone={isLifted ? 'note' : isInLog ? 'good' : 'warn'}
        aria-label={t('emergency.outcome')}
      >
        <Group justify="space-between" align="flex-start">
          <div>
            <Text size="xl" fw={650} role="status" data-testid="rollback-done">
              {t(isLifted ? 'emergency.takenBack' : 'emergency.inForce')}
            </Text>
            <Text size="md" component="div">
              <span className="mono">{sent.serviceId}</span> <VersionDiff from={sent.fromVersion} to={sent.toVersion} />
              {' · '}
              {t('emergency.affectedDone', { count: result.affectedCount })}
            </Text>
          </div>
          <Group gap="xs">
            {!isLifted && hold.data && (
              <Button variant="default" onClick={() => setUndoing(true)}>
                {t('holds.undo')}
              </Button>
            )}
            {isInLog && (
              <Button variant="default" component={Link} to={`/holds/${rollbackId}`}>
                {t('emergency.toHold')}
              </Button>
            )}
            <Button variant="default" onClick={onAgain}>
              {t('emergency.another')}
            </Button>
          </Group>
        </Group>
        <dl className="facts">
          <dt>{t('emergency.acknowledged')}</dt>
          <dd>
            <Acknowledgements
              position={position}
              convergence={result.convergence}
              durability={durability}
              isInLog={isInLog}
              tookMs={tookMs}
            />
          </dd>
          <dt>{t('emergency.durability')}</dt>
          <dd>{t(`emergency.durabilities.${isInLog ? 'log' : durabilityKeys[durability]}`)}</dd>
          <dt>{t('emergency.at')}</dt>
          <dd>{dateTime(result.at)}</dd>
          <dt>{t('emergency.position')}</dt>
          <dd>
            {position
              ? t('live.position', { ...position })
              : t(isInLog ? 'emergency.positionCame' : 'emergency.noPosition')}
          </dd>
          <dt>{t('emergency.reason')}</dt>
          <dd>{sent.reason}</dd>
          <dt>{t('holds.id')}</dt>
          <dd>
            <span className="mono">{rollbackId}</span> {!isInLog && t('emergency.undoLater')}
          </dd>
          {isInLog && (
            <>
              <dt>{t('holds.progress')}</dt>
              <dd>{rollback.data ? <RollbackProgress rollback={rollback.data} /> : t('state.none')}</dd>
            </>
          )}
        </dl>
      </section>
      <ConsequenceLists {...result} isPlan={false} />
      <Text size="sm" c="dimmed">
        {t('emergency.staysUntilLifted')}
      </Text>
      {isUndoing && hold.data && <LiftDialog hold={hold.data} manner="undo" onClose={() => setUndoing(false)} />}
    </Stack>
  );
}
