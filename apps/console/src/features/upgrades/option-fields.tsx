import { Fieldset, Group, NativeSelect, NumberInput, Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type UpgradeKind,
  type UpgradeOptions,
  UpgradeOptionsBackup,
  UpgradeOptionsContract,
} from '../../api/generated/model/index.ts';
import { isHookUrl } from './start-wish.ts';

interface OptionFieldsProps {
  kind: UpgradeKind;
  options: UpgradeOptions;
  onChange: (options: UpgradeOptions) => void;
}

/** Backup, what becomes of contract, how long to watch and by what. Only what is whole is handed on. */
export function OptionFields({ kind, options, onChange }: OptionFieldsProps) {
  const { t } = useTranslation();
  const { gates } = options;
  const [hook, setHook] = useState(gates.hookUrl ?? '');
  const setGate = (next: Partial<UpgradeOptions['gates']>) => onChange({ ...options, gates: { ...gates, ...next } });
  const takeHook = (text: string) => {
    setHook(text);
    if (!isHookUrl(text)) return;
    const { hookUrl: _, ...others } = gates;
    onChange({ ...options, gates: text === '' ? others : { ...others, hookUrl: text } });
  };
  return (
    <Stack gap="xs">
      <NativeSelect
        label={t('upgrades.options.backup')}
        value={options.backup}
        onChange={(event) => onChange({ ...options, backup: event.currentTarget.value as UpgradeOptionsBackup })}
        data={Object.values(UpgradeOptionsBackup).map((value) => ({
          value,
          label: t(`upgrades.options.backups.${value}`),
        }))}
      />
      <Radio.Group
        size="xs"
        label={t('upgrades.steps.contract')}
        value={options.contract}
        onChange={(value) => onChange({ ...options, contract: value as UpgradeOptionsContract })}
      >
        <Stack gap={4} mt={4}>
          {Object.values(UpgradeOptionsContract).map((value) => (
            <Radio key={value} size="xs" value={value} label={t(`upgrades.options.contracts.${value}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {kind === 'service' && (
        <Fieldset legend={t('upgrades.options.soak')} className="upgrade-gates">
          <Stack gap="xs">
            <Group gap="xs" grow align="flex-end">
              <NumberInput
                label={t('upgrades.options.soakSeconds')}
                value={options.soakSeconds}
                min={0}
                max={604_800}
                allowDecimal={false}
                clampBehavior="strict"
                onChange={(value) => typeof value === 'number' && onChange({ ...options, soakSeconds: value })}
              />
              <NumberInput
                label={t('upgrades.options.maxFailed')}
                value={Math.round(gates.maxFailedShare * 10_000) / 100}
                min={0}
                max={100}
                decimalScale={2}
                clampBehavior="strict"
                onChange={(value) => typeof value === 'number' && setGate({ maxFailedShare: value / 100 })}
              />
              <NumberInput
                label={t('upgrades.options.minDecisions')}
                value={gates.minDecisions}
                min={0}
                max={1_000_000}
                allowDecimal={false}
                clampBehavior="strict"
                onChange={(value) => typeof value === 'number' && setGate({ minDecisions: value })}
              />
            </Group>
            <TextInput
              label={t('upgrades.options.hook')}
              description={t('upgrades.options.hookMeans')}
              value={hook}
              maxLength={500}
              autoComplete="off"
              error={!isHookUrl(hook) && t('upgrades.options.hookWrong')}
              onChange={(event) => takeHook(event.currentTarget.value.trim())}
            />
          </Stack>
        </Fieldset>
      )}
    </Stack>
  );
}
