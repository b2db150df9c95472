import { Radio, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { settleUpgrade } from '../../api/generated/grey.ts';
import { SettleUpgradeIs, SettleUpgradeOnwards, type UpgradeSummary } from '../../api/generated/model/index.ts';
import { QuestionDialog } from '../../parts/question-dialog.tsx';
import { ReasonField } from '../../parts/reason-field.tsx';
import { FailureBody } from './failure-view.tsx';
import { useUpgradeChange } from './use-upgrade.ts';

interface SettleDialogProps {
  upgrade: UpgradeSummary;
  onClose: () => void;
}

/** What could not be proven is said by somebody who looked: what the migration is, and whether to go on or back. */
export function SettleDialog({ upgrade, onClose }: SettleDialogProps) {
  const { t } = useTranslation();
  const { id, tenantId, failure, place, isPastReturn } = upgrade;
  const [migration, setMigration] = useState(failure?.migration ?? place?.migration ?? '');
  const [is, setIs] = useState<SettleUpgradeIs | ''>('');
  const [onwards, setOnwards] = useState<SettleUpgradeOnwards | ''>('');
  const [reason, setReason] = useState('');
  const change = useUpgradeChange(onClose);
  const isReady = migration.trim() !== '' && is !== '' && onwards !== '' && reason.trim() !== '';
  const settle = () => {
    if (is === '' || onwards === '') return;
    change.mutate(() => settleUpgrade(id, { migration: migration.trim(), is, onwards, reason: reason.trim() }));
  };
  return (
    <QuestionDialog
      title={t('upgrades.settle.title', { tenant: tenantId })}
      size={640}
      closesOnClickOutside={false}
      action={t('upgrades.do.settle')}
      leave={t('upgrades.leaveIt')}
      isReady={isReady}
      isBusy={change.isPending}
      error={change.error}
      onAnswer={settle}
      onClose={onClose}
    >
      <Text size="sm">{t('upgrades.settle.means')}</Text>
      {failure && (
        <div className="panel" data-tone="warn">
          <Text size="sm" fw={600}>
            {t('upgrades.settle.known')}
          </Text>
          <FailureBody failure={failure} />
        </div>
      )}
      {failure?.migration == null && (
        <TextInput
          label={t('upgrades.settle.migration')}
          value={migration}
          maxLength={120}
          autoComplete="off"
          onChange={(event) => setMigration(event.currentTarget.value)}
        />
      )}
      <Radio.Group
        size="xs"
        label={t('upgrades.settle.is', { migration: migration.trim() || t('state.none') })}
        value={is}
        onChange={(value) => setIs(value as SettleUpgradeIs)}
      >
        <Stack gap={4} mt={4}>
          {Object.values(SettleUpgradeIs).map((value) => (
            <Radio key={value} size="xs" value={value} label={t(`upgrades.settle.${value}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <Radio.Group
        size="xs"
        label={t('upgrades.settle.onwards')}
        value={onwards}
        onChange={(value) => setOnwards(value as SettleUpgradeOnwards)}
      >
        <Stack gap={4} mt={4}>
          <Radio size="xs" value="go-on" label={t('upgrades.settle.goOn', { version: upgrade.toVersion })} />
          <Radio
            size="xs"
            value="take-back"
            label={t(isPastReturn ? 'upgrades.settle.takeContractBack' : 'upgrades.settle.takeBack')}
          />
        </Stack>
      </Radio.Group>
      <ReasonField value={reason} isNeeded onChange={setReason} />
    </QuestionDialog>
  );
}
