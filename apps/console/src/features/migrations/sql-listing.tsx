import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MigrationFinding, MigrationStatement } from '../../api/generated/model/index.ts';
import { annotateSql } from './annotate-sql.ts';
import { FindingNote } from './finding-note.tsx';
import { BlocksLabel } from './set-labels.tsx';

/** More lines than this are shown when somebody asks for them. */
const portion = 400;

interface SqlListingProps {
  label: string;
  text: string;
  statements?: readonly MigrationStatement[];
  findings: readonly MigrationFinding[];
}

/** SQL with its line numbers; beside a statement what it locks, below a line what was found in it. */
export function SqlListing({ label, text, statements = [], findings }: SqlListingProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(portion);
  const lines = annotateSql(text, statements, findings);
  return (
    <section className="sql" aria-label={label}>
      {lines.slice(0, shown).map((line) => (
        <div className="sql-line" key={line.number} data-line={line.number}>
          <span className="sql-number" aria-hidden="true">
            {line.number}
          </span>
          <code className="sql-text" data-comment={line.isComment}>
            {line.text || ' '}
          </code>
          {line.statements.length > 0 && (
            <div className="sql-effects">
              {line.statements.map((statement) => (
                <Effects key={`${statement.line} ${statement.statement}`} statement={statement} />
              ))}
            </div>
          )}
          {line.findings.map((finding) => (
            <FindingNote key={`${finding.code} ${finding.message}`} finding={finding} />
          ))}
        </div>
      ))}
      {lines.length > shown && (
        <Button variant="subtle" size="compact-xs" m="xs" onClick={() => setShown(shown + portion * 5)}>
          {t('migrations.moreLines', { count: lines.length - shown })}
        </Button>
      )}
    </section>
  );
}

/** What a statement makes others wait for, with which locks, and what it writes or reads anew. */
function Effects({ statement }: { statement: MigrationStatement }) {
  const { t } = useTranslation();
  const { blocks, locks, rewrites, scans } = statement;
  if (blocks === 'nothing' && locks.length === 0 && rewrites.length === 0 && scans.length === 0) return null;
  return (
    <div className="sql-effect">
      <BlocksLabel engine="postgres" blocks={blocks} />
      {locks.map(({ name, mode }) => (
        <span key={`${name} ${mode}`}>
          <span className="mono">{name}</span> <span className="dimmed">{mode}</span>
        </span>
      ))}
      {rewrites.map(({ table, certainty }) => (
        <strong key={`${table} ${certainty}`}>{t(`migrations.rewrites.${certainty}`, { table })}</strong>
      ))}
      {scans.map((table) => (
        <span key={table}>{t('migrations.scans', { table })}</span>
      ))}
    </div>
  );
}
