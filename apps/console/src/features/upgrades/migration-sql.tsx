import { useTranslation } from 'react-i18next';
import type { UpgradePlanMigrationsItem } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { StatusLabel } from '../../parts/status.tsx';
import { SqlText } from './sql-text.tsx';

interface MigrationSqlProps {
  migrations: readonly UpgradePlanMigrationsItem[];
  isOpen: boolean;
}

const phases = ['expand', 'migrate', 'contract'] as const;

/** The SQL as it will run, phase by phase in its order, each migration with its way down. */
export function MigrationSql({ migrations, isOpen }: MigrationSqlProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  return (
    <>
      {phases.map((phase) => {
        const ofPhase = migrations.filter((one) => one.phase === phase);
        if (ofPhase.length === 0) return null;
        return (
          <details key={phase} className="fold upgrade-phase" data-phase={phase} open={isOpen}>
            <summary>
              <strong>{t(`upgrades.phases.${phase}`)}</strong>{' '}
              <span>{t('upgrades.migrationCount', { count: ofPhase.length, shown: number(ofPhase.length) })}</span>{' '}
              <span className="dimmed">{t(`upgrades.phaseMeans.${phase}`)}</span>
            </summary>
            {ofPhase.map((one) => (
              <OneMigration key={`${one.version} ${one.name}`} migration={one} />
            ))}
          </details>
        );
      })}
    </>
  );
}

function OneMigration({ migration: { name, version, statements, down } }: { migration: UpgradePlanMigrationsItem }) {
  const { t } = useTranslation();
  return (
    <div className="upgrade-migration">
      <div>
        <span className="mono">{name}</span> <span className="dimmed mono">{version}</span>{' '}
        {down === null && <StatusLabel tone="warn">{t('upgrades.irreversible')}</StatusLabel>}
      </div>
      <SqlText label={name} text={joinSql(statements)} />
      {down !== null && down.length > 0 && (
        <details className="fold">
          <summary>
            <span className="dimmed">{t('upgrades.wayDown')}</span>
          </summary>
          <SqlText label={t('upgrades.wayDownOf', { migration: name })} text={joinSql(down)} />
        </details>
      )}
    </div>
  );
}

/** One statement after the other, each ended. */
function joinSql(statements: readonly string[]): string {
  return statements.map((one) => (one.trimEnd().endsWith(';') ? one.trim() : `${one.trim()};`)).join('\n\n');
}
