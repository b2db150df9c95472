import { type SyntheticEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DatabaseEngine, Migration, MigrationFinding } from '../../api/generated/model/index.ts';
import { StatusLabel } from '../../parts/status.tsx';
import { countRulings, findingsOf, isAboutDown } from './annotate-sql.ts';
import { FindingList } from './finding-note.tsx';
import { BlocksLabel, PhaseLabel, VerdictLabel } from './set-labels.tsx';
import { SqlListing } from './sql-listing.tsx';

interface MigrationViewProps {
  engine: DatabaseEngine;
  migration: Migration;
  /** Of the whole set. */
  findings: readonly MigrationFinding[];
  isOpen: boolean;
}

/** One migration: what it does to others at a glance, and its SQL when it is unfolded. */
export function MigrationView({ engine, migration, findings, isOpen: isOpenAtFirst }: MigrationViewProps) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const up = findingsOf(findings, migration, 'up');
  const down = findingsOf(findings, migration, 'down');
  const isDeclared = [...up, ...down].some(({ code }) => code === 'IRREVERSIBLE');
  const missing = migration.down === null ? up.filter(isAboutDown) : [];
  return (
    <details
      className="migration"
      open={isOpen}
      onToggle={(event: SyntheticEvent<HTMLDetailsElement>) => setOpen(event.currentTarget.open)}
      data-testid={`migration-${migration.name}`}
    >
      <summary>
        <span className="mono migration-name">{migration.name}</span>
        <PhaseLabel phase={migration.phase} />
        <BlocksLabel engine={engine} blocks={migration.blocks} findings={up} />
        {!migration.isTransactional && <StatusLabel tone="note">{t('migrations.noTransaction')}</StatusLabel>}
        {migration.down === null && <StatusLabel tone="warn">{t('migrations.irreversible')}</StatusLabel>}
        <VerdictLabel {...countRulings([...up, ...down])} />
      </summary>
      {isOpen && (
        <div className="migration-body">
          <div className="migration-side">{t('migrations.up')}</div>
          <SqlListing
            label={t('migrations.upOf', { name: migration.name })}
            text={migration.up}
            statements={migration.statements}
            findings={up.filter((one) => !missing.includes(one))}
          />
          <div className="migration-side">{t('migrations.down')}</div>
          {migration.down === null ? (
            <>
              <p className="dimmed">{t(isDeclared ? 'migrations.noDown' : 'migrations.noDownMissing')}</p>
              {missing.length > 0 && <FindingList findings={missing} />}
            </>
          ) : (
            <SqlListing
              label={t('migrations.downOf', { name: migration.name })}
              text={migration.down}
              findings={down}
            />
          )}
          <p className="dimmed mono migration-checksum">{`sha256 ${migration.checksum}`}</p>
        </div>
      )}
    </details>
  );
}

/** So few are unfolded from the start; of more, only those of which something is said. */
const fewEnough = 4;

/** The migrations of a set in the order in which they run. */
export function MigrationList({
  engine,
  migrations,
  findings,
}: Omit<MigrationViewProps, 'migration' | 'isOpen'> & { migrations: readonly Migration[] }) {
  const isOpen = ({ name }: Migration) =>
    migrations.length <= fewEnough || findings.some((one) => one.migration === name && one.ruling !== 'allow');
  return (
    <div className="migration-list">
      {migrations.map((migration) => (
        <MigrationView
          key={`${migration.name} ${migration.checksum}`}
          engine={engine}
          migration={migration}
          findings={findings}
          isOpen={isOpen(migration)}
        />
      ))}
    </div>
  );
}
