import { Anchor, Button, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Change } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { usePermission } from '../access/me.ts';
import { RevertChange } from '../history/revert-change.tsx';
import { kindKey } from './change-filters.ts';
import { AllItems, ItemList } from './change-items.tsx';
import { mayBeTakenBack, momentBefore, revertedOf, revisionIn } from './change-links.ts';

const shownFolded = 3;

/** One change of the timeline: when, what, who and why, what exactly, and what to do about it. */
export function ChangeEntry({ change }: { change: Change }) {
  const { t } = useTranslation();
  const { number, dateTime, time, ago } = useFormat();
  const [isOpen, setOpen] = useState(false);
  const hidden = change.itemCount - Math.min(shownFolded, change.items.length);
  return (
    <li className="change" data-testid="change" data-emergency={change.kind === 'hold.created'}>
      <div className="change-when">
        <time dateTime={change.at} title={dateTime(change.at)}>
          {time(change.at)}
        </time>
        <Text size="xs" c="dimmed">
          {ago(change.at)}
        </Text>
      </div>
      <div className="change-what">
        <Group justify="space-between" align="baseline" gap="sm">
          <Group gap="sm" align="baseline">
            <Text size="sm" fw={600}>
              {t(`changeKinds.${kindKey(change.kind)}`)}
            </Text>
            <Text size="sm">{t('changes.by', { name: change.actor.name, kind: t(`actor.${change.actor.kind}`) })}</Text>
          </Group>
          <Group gap="sm" align="baseline">
            <ChangeActions change={change} />
            <Anchor component={Link} to={`/changes/${change.id}`} size="xs" className="mono" title={change.id}>
              {t('live.revision', { revision: change.position.revision })}
            </Anchor>
          </Group>
        </Group>
        {change.reason && <Text size="sm">{t('changes.reason', { reason: change.reason })}</Text>}
        {isOpen ? (
          <AllItems changeId={change.id} itemCount={change.itemCount} />
        ) : (
          <ItemList items={change.items.slice(0, shownFolded)} />
        )}
        <Group gap="sm">
          {hidden > 0 && (
            <Button variant="subtle" size="compact-xs" px={0} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isOpen ? t('changes.fold') : t('changes.unfold', { all: number(change.itemCount) })}
            </Button>
          )}
          <RevertLinks change={change} />
        </Group>
      </div>
    </li>
  );
}

/** Which change this one took back, and which took it back. */
export function RevertLinks({ change }: { change: Change }) {
  const { t } = useTranslation();
  const reverted = revertedOf(change);
  return (
    <>
      {reverted && (
        <Anchor component={Link} to={`/changes/${reverted}`} size="xs">
          {t('changes.reverts', { revision: revisionIn(reverted) })}
        </Anchor>
      )}
      {change.revertedBy && (
        <Anchor component={Link} to={`/changes/${change.revertedBy}`} size="xs">
          {t('changes.revertedBy', { revision: revisionIn(change.revertedBy) })}
        </Anchor>
      )}
    </>
  );
}

/** What can be done about a change. */
export function ChangeActions({ change }: { change: Change }) {
  const { t } = useTranslation();
  const [isReverting, setReverting] = useState(false);
  const mayRevert = usePermission('changes.revert') && mayBeTakenBack(change);
  return (
    <>
      <Anchor component={Link} to={`/changes/state?at=${momentBefore(change.position)}`} size="xs">
        {t('changes.stateBefore')}
      </Anchor>
      {mayRevert && (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={t('changes.revertOf', { revision: change.position.revision })}
          onClick={() => setReverting(true)}
        >
          {t('changes.revert')}
        </Button>
      )}
      {isReverting && <RevertChange change={change} onClose={() => setReverting(false)} />}
    </>
  );
}
