import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UpgradeOptionsBackup, UpgradePlan } from '../../api/generated/model/index.ts';
import { Queried } from '../../parts/queried.tsx';
import { MigrationSql } from './migration-sql.tsx';

interface WhatContractTakesProps {
  /** Null: nobody is left of whom it could be asked. */
  plan: {
    data: UpgradePlan | null | undefined;
    isPending: boolean;
    isSuccess: boolean;
    isError: boolean;
    error: unknown;
    refetch: () => unknown;
  };
  /** Whose way back it closes, in words. */
  from: string;
  /** Undefined: not known yet. */
  backup: UpgradeOptionsBackup | undefined;
  /** The plan is of one of many. */
  isSample?: boolean;
}

/** What goes with contract, and whether anything is kept of it; then its SQL. */
export function WhatContractTakes({ plan, from, backup, isSample = false }: WhatContractTakesProps) {
  const { t } = useTranslation();
  return (
    <Queried query={plan} what={t('plan.what')}>
      {(found) => {
        const taken = contractOf(found);
        return (
          <>
            <div className="panel" data-tone="bad">
              <Text size="sm" fw={600}>
                {taken.length === 0
                  ? t('upgrades.contract.nothingKnown')
                  : t('upgrades.contract.takes', { migrations: namesOf(taken), from })}
              </Text>
              {backup === 'never' && <Text size="sm">{t('upgrades.contract.noBackup')}</Text>}
              {isSample && found && (
                <Text size="xs" c="dimmed">
                  {t('batches.do.asOf', { tenant: found.tenantId })}
                </Text>
              )}
            </div>
            {taken.length > 0 && <MigrationSql migrations={taken} isOpen />}
          </>
        );
      }}
    </Queried>
  );
}

export function contractOf(plan: Pick<UpgradePlan, 'migrations'> | null): UpgradePlan['migrations'] {
  return plan?.migrations.filter(({ phase }) => phase === 'contract') ?? [];
}

export function namesOf(migrations: UpgradePlan['migrations']): string {
  return migrations.map(({ name }) => name).join(', ');
}
