import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UpgradePlan, UpgradePlanChecksItem } from '../../api/generated/model/index.ts';
import { StatusLabel } from '../../parts/status.tsx';
import { contractOf, namesOf } from './contract-preview.tsx';
import { MigrationSql } from './migration-sql.tsx';
import { oldVersion } from './upgrade-state.ts';

const verdictTones = { pass: 'good', warn: 'warn', refuse: 'bad' } as const;
const gravity = { refuse: 0, warn: 1, pass: 2 } as const;

/** From what to what, the checks with their mends, the steps with the line, and the SQL. */
export function UpgradePlanView({ plan }: { plan: UpgradePlan }) {
  const { t } = useTranslation();
  const { tenantId, fromVersion, toVersion, schemaFrom, schemaTo, kind, migrations, steps } = plan;
  const taken = contractOf(plan);
  const checks = [...plan.checks].sort((a, b) => gravity[a.verdict] - gravity[b.verdict]);
  return (
    <Stack gap="sm">
      <Text fw={600}>
        {t(kind === 'service' ? 'upgrades.plan.moves' : 'upgrades.plan.schemaOnly', {
          tenant: tenantId,
          from: fromVersion ?? t('state.none'),
          to: toVersion,
        })}
        {schemaTo !== null &&
          schemaFrom !== schemaTo &&
          ` · ${t('upgrades.schemaMove', { from: schemaFrom ?? '?', to: schemaTo })}`}
      </Text>
      <ul className="upgrade-checks" aria-label={t('upgrades.plan.checks')}>
        {checks.map((one) => (
          <Check key={`${one.check} ${one.detail}`} check={one} plan={plan} />
        ))}
      </ul>
      <ol className="upgrade-way" aria-label={t('upgrades.steps.title')}>
        {steps.map((step) => (
          <li key={step} data-return={step === 'contract' && taken.length > 0}>
            {t(`upgrades.steps.${step}`)}
          </li>
        ))}
      </ol>
      <div className="panel" data-tone={taken.length === 0 ? undefined : 'bad'}>
        <Text size="sm" fw={600}>
          {t('upgrades.return.line')}
        </Text>
        <Text size="sm">
          {taken.length === 0
            ? t('upgrades.return.none')
            : t('upgrades.contract.takes', {
                migrations: namesOf(taken),
                from: oldVersion(plan) ?? t('upgrades.olderVersions'),
              })}
        </Text>
      </div>
      {migrations.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t(plan.hasDataSource ? 'upgrades.plan.noMigrations' : 'upgrades.plan.noDataSource')}
        </Text>
      ) : (
        <MigrationSql migrations={migrations} isOpen={false} />
      )}
    </Stack>
  );
}

interface CheckProps {
  check: UpgradePlanChecksItem;
  plan: UpgradePlan;
}

function Check({ check: { check, verdict, detail, mend, isOverridable }, plan }: CheckProps) {
  const { t } = useTranslation();
  const { toVersion, schemaFrom, schemaTo, migrations } = plan;
  const words = { to: toVersion, schemaFrom: schemaFrom ?? '?', schemaTo: schemaTo ?? '?', count: migrations.length };
  const isOfDatabase = check === 'migrations' || check === 'database';
  const needed = check === 'migrations' && migrations.length === 0 ? 'noMigrations' : check;
  const passes = isOfDatabase && !plan.hasDataSource ? 'noDataSource' : needed;
  return (
    <li data-verdict={verdict}>
      <span className="upgrade-check-name">
        <StatusLabel tone={verdictTones[verdict]}>{t(`upgrades.verdicts.${verdict}`)}</StatusLabel>
        <strong>{t(`upgrades.checks.${check}`)}</strong>
      </span>
      <div>
        {verdict === 'pass' ? t(`upgrades.passes.${passes}`, words) : detail}
        {mend !== null && (
          <div className="dimmed">
            <strong>{t('refused.mendIs')}</strong> {mend}
          </div>
        )}
        {verdict === 'refuse' && !isOverridable && <div className="dimmed">{t('refused.firm')}</div>}
      </div>
    </li>
  );
}
