import { Stack, TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { confirmContract, planUpgrade } from '../../api/generated/grey.ts';
import type { ConfirmContract as ConfirmBody, UpgradeSummary } from '../../api/generated/model/index.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { WhatContractTakes } from './contract-preview.tsx';
import { useUpgradeChange, useWholeUpgrade } from './use-upgrade.ts';

interface ConfirmContractProps {
  upgrade: UpgradeSummary;
  onClose: () => void;
}

/** The point of no return of one tenant: what contract takes away, then its name, typed, and why. */
export function ConfirmContract({ upgrade, onClose }: ConfirmContractProps) {
  const { t } = useTranslation();
  const { id, tenantId, serviceId, toVersion, fromVersion } = upgrade;
  const change = useUpgradeChange(onClose);
  const whole = useWholeUpgrade(id);
  const plan = useQuery({
    queryKey: ['upgrades', 'plan', 'contract', tenantId, serviceId, toVersion],
    queryFn: ({ signal }) => planUpgrade(tenantId, serviceId, { toVersion }, { signal }),
    gcTime: 0,
    retry: false,
  });
  const from = fromVersion === null || fromVersion === toVersion ? t('upgrades.olderVersions') : fromVersion;
  return (
    <ContractForm
      title={t('upgrades.contract.title', { tenant: tenantId, service: serviceId, version: toVersion })}
      word={tenantId}
      isBusy={change.isPending}
      error={change.error}
      onClose={onClose}
      onConfirm={(body) => change.mutate(() => confirmContract(id, body))}
    >
      <div>{t('upgrades.contract.means', { from, to: toVersion, tenant: tenantId })}</div>
      <WhatContractTakes plan={plan} from={from} backup={whole.data?.options.backup} />
    </ContractForm>
  );
}

interface ContractFormProps {
  title: string;
  children: ReactNode;
  /** What must be typed, letter for letter. */
  word: string;
  isBusy: boolean;
  error: unknown;
  onConfirm: (body: ConfirmBody) => void;
  onClose: () => void;
}

/** Asks for the word and the reason; routers that are gone for good are named under "more" only. */
export function ContractForm({ children, onConfirm, ...question }: ContractFormProps) {
  const { t } = useTranslation();
  const [forgetRouters, setForgetRouters] = useState<string[]>([]);
  return (
    <ConfirmTyped
      {...question}
      size={640}
      closesOnClickOutside={false}
      action={t('upgrades.contract.go')}
      leave={t('upgrades.leaveIt')}
      isReasonNeeded
      onConfirm={(reason = '') => onConfirm({ reason, forgetRouters })}
      further={
        <details className="fold">
          <summary>{t('upgrades.contract.more')}</summary>
          <Stack gap={4} mt={4}>
            <TagsInput
              label={t('upgrades.contract.forget')}
              description={t('upgrades.contract.forgetMeans')}
              value={forgetRouters}
              onChange={setForgetRouters}
              splitChars={[',', ' ', '\n']}
              maxTags={1_000}
            />
          </Stack>
        </details>
      }
    >
      <Stack gap="sm">{children}</Stack>
    </ConfirmTyped>
  );
}
