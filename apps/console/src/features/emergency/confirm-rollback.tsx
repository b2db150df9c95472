import { Button, Group, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EmergencyRollback, PlanRollback, RollbackPlan } from '../../api/generated/model/index.ts';

interface ConfirmRollbackProps {
  wish: PlanRollback;
  plan: RollbackPlan;
  reason: string;
  isBusy: boolean;
  isBlocked: boolean;
  onConfirm: (body: EmergencyRollback) => void;
}

/** The last step: the name of the service, letter for letter. Says what is missing rather than staying dead. */
export function ConfirmRollback({ wish, plan, reason, isBusy, isBlocked, onConfirm }: ConfirmRollbackProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const isReasonGiven = reason.trim() !== '';
  const isTyped = typed.trim() === wish.serviceId;
  const isReady = isReasonGiven && isTyped && !isBlocked;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !isBusy) onConfirm({ ...wish, reason: reason.trim(), planToken: plan.planToken });
  };
  return (
    <form onSubmit={submit} className="emergency-confirm">
      <TextInput
        label={t('confirm.type', { word: wish.serviceId })}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        disabled={isBusy}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Group gap="sm" align="center">
        <Button type="submit" color="red" size="sm" disabled={!isReady} loading={isBusy}>
          {plan.affectedCount === 0
            ? t('emergency.holdOnly', { from: wish.fromVersion })
            : t('emergency.doIt', { from: wish.fromVersion, count: plan.affectedCount })}
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {!isReasonGiven && t('emergency.reasonMissing')}
          {isReasonGiven && !isTyped && t('emergency.nameMissing')}
          {isBusy && t('emergency.sending')}
        </Text>
      </Group>
    </form>
  );
}
