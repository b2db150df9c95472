import { Box, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/api-problem.ts';
import type { GuardOverride, Objection } from '../api/generated/model/index.ts';
import { usePermission } from '../features/access/me.ts';
import { useFormat } from '../i18n/format.ts';
import { StatusLabel } from './status.tsx';

/** What spoke against a change of versions; empty for every other error. */
export function objectionsOf(error: unknown): readonly Objection[] {
  return error instanceof ApiProblem ? (error.problem.objections ?? []) : [];
}

/** More than these nobody reads in a dialog. */
const shown = 100;

interface RefusedMovesProps {
  objections: readonly Objection[];
  /** Undefined: this change takes no override. */
  onOverride?: ((override: GuardOverride) => void) | undefined;
}

/** Each pair that does not fit, what would mend it, and the way round it for those who may go it. */
export function RefusedMoves({ objections, onOverride }: RefusedMovesProps) {
  const canOverride = onOverride && objections.every((one) => one.isOverridable);
  return (
    <Stack gap="xs" className="refused-moves">
      <ObjectionList objections={objections} />
      {canOverride && <OverrideForm count={objections.length} onOverride={onOverride} />}
    </Stack>
  );
}

/** Each objection in its own words, in any width: whom it is about, what does not fit, what would mend it. */
export function ObjectionList({ objections }: { objections: readonly Objection[] }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  return (
    <>
      <Box component="section" className="objections" aria-label={t('refused.title')} tabIndex={0}>
        <ul>
          {objections.slice(0, shown).map((one) => (
            <li key={[one.tenantId, one.serviceId, one.code, one.detail].join(' ')}>
              <Group gap="xs">
                {one.tenantId === null ? t('refused.everybody') : <span className="mono">{one.tenantId}</span>}
                <span className="mono">{one.serviceId}</span>
                {!one.isOverridable && <StatusLabel tone="bad">{t('refused.firm')}</StatusLabel>}
              </Group>
              <div>{one.detail}</div>
              {one.mend && (
                <div className="dimmed">
                  <strong>{t('refused.mendIs')}</strong> {one.mend}
                </div>
              )}
            </li>
          ))}
        </ul>
      </Box>
      {objections.length > shown && (
        <Text size="xs" c="dimmed">
          {t('state.firstOf', { shown: number(shown), all: number(objections.length) })}
        </Text>
      )}
    </>
  );
}

/** Asks for the reason that goes into the log with the override; says so to those who may not. */
export function OverrideForm({ count, onOverride }: { count: number; onOverride: (override: GuardOverride) => void }) {
  const { t } = useTranslation();
  const mayOverride = usePermission('changes.override');
  const [reason, setReason] = useState('');
  if (!mayOverride)
    return (
      <Text size="xs" c="dimmed">
        {t('refused.mayNot')}
      </Text>
    );
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (reason.trim()) onOverride({ reason: reason.trim() });
  };
  return (
    <Group gap="xs" align="flex-end" role="group" aria-label={t('refused.override')}>
      <TextInput
        flex={1}
        label={t('refused.reason')}
        description={t('refused.overrideMeans')}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && submit(event)}
      />
      <Button color="red" variant="outline" disabled={reason.trim() === ''} onClick={submit}>
        {t('refused.go', { count })}
      </Button>
    </Group>
  );
}
