import { Button, Group, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { confirmContract, planUpgrade } from '../../api/generated/grey.ts';
import type { ConfirmContract as ConfirmBody, UpgradeSummary } from '../../api/generated/model/index.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { MigrationSql } from './migration-sql.tsx';
import { useUpgradeChange } from './use-upgrade.ts';

interface ConfirmContractProps {
  upgrade: UpgradeSummary;
  onClose: () => void;
}

/** The point of no return of one tenant: what contract takes away, then its name, typed, and why. */
export function ConfirmContract({ upgrade, onClose }: ConfirmContractProps) {
  const { t } = useTranslation();
  const { id, tenantId, serviceId, toVersion, fromVersion } = upgrade;
  const change = useUpgradeChange(onClose);
  const plan = useQuery({
    queryKey: ['upgrades', 'plan', 'contract', tenantId, serviceId, toVersion],
    queryFn: ({ signal }) => planUpgrade(tenantId, serviceId, { toVersion }, { signal }),
    gcTime: 0,
    retry: false,
  });
  const taken = plan.data?.migrations.filter(({ phase }) => phase === 'contract') ?? [];
  return (
    <ContractForm
      title={t('upgrades.contract.title', { tenant: tenantId, service: serviceId, version: toVersion })}
      word={tenantId}
      isBusy={change.isPending}
      error={change.error}
      onClose={onClose}
      onConfirm={(body) => change.mutate(() => confirmContract(id, body))}
    >
      <Text size="sm">
        {t('upgrades.contract.means', { from: fromVersion ?? t('state.none'), to: toVersion, tenant: tenantId })}
      </Text>
      {plan.isPending && <Loading what={t('plan.what')} />}
      {plan.isError && <Failure error={plan.error} onRetry={() => void plan.refetch()} />}
      {plan.data && (
        <div className="panel" data-tone="bad">
          <Text size="sm" fw={600}>
            {plan.data.pointOfNoReturn ?? t('upgrades.contract.nothingKnown')}
          </Text>
        </div>
      )}
      {taken.length > 0 && <MigrationSql migrations={taken} isOpen />}
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
export function ContractForm({ title, children, word, isBusy, error, onConfirm, onClose }: ContractFormProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [forgetRouters, setForgetRouters] = useState<string[]>([]);
  const isReady = typed.trim() === word && reason.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !isBusy) onConfirm({ reason: reason.trim(), forgetRouters });
  };
  return (
    <Dialog onClose={onClose} size={640} title={title} closesOnClickOutside={false}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {children}
          <TextInput
            label={t('confirm.type', { word })}
            value={typed}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <TextInput
            label={t('confirm.reason')}
            value={reason}
            required
            withAsterisk={false}
            maxLength={500}
            autoComplete="off"
            onChange={(event) => setReason(event.currentTarget.value)}
          />
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
          {error ? <Failure error={error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('upgrades.leaveIt')}
            </Button>
            <Button type="submit" color="red" disabled={!isReady} loading={isBusy}>
              {t('upgrades.contract.go')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
