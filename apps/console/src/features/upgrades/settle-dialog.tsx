import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { settleUpgrade } from '../../api/generated/grey.ts';
import { SettleUpgradeIs, SettleUpgradeOnwards, type UpgradeSummary } from '../../api/generated/model/index.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { SqlText } from './sql-text.tsx';
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (migration.trim() === '' || is === '' || onwards === '' || reason.trim() === '' || change.isPending) return;
    const body = { migration: migration.trim(), is, onwards, reason: reason.trim() };
    change.mutate(() => settleUpgrade(id, body));
  };
  return (
    <Dialog
      onClose={onClose}
      size={640}
      title={t('upgrades.settle.title', { tenant: tenantId })}
      closesOnClickOutside={false}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t('upgrades.settle.means')}</Text>
          {failure && (
            <div className="panel" data-tone="warn">
              <Text size="sm" fw={600}>
                {t('upgrades.settle.known')}
              </Text>
              <Text size="sm">{failure.message}</Text>
              {failure.statementText !== null && (
                <SqlText label={t('upgrades.failure.statement')} text={failure.statementText} />
              )}
              {failure.mend !== null && (
                <Text size="sm">
                  <strong>{t('refused.mendIs')}</strong> {failure.mend}
                </Text>
              )}
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
          <TextInput
            label={t('confirm.reason')}
            value={reason}
            required
            withAsterisk={false}
            maxLength={500}
            autoComplete="off"
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {change.isError && <Failure error={change.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('upgrades.leaveIt')}
            </Button>
            <Button type="submit" disabled={!isReady} loading={change.isPending}>
              {t('upgrades.do.settle')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
