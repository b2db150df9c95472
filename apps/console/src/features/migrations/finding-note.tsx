import { useTranslation } from 'react-i18next';
import type { MigrationFinding } from '../../api/generated/model/index.ts';
import { useCodeWords } from './code-words.ts';
import { RulingLabel } from './set-labels.tsx';

const tones = { refuse: 'bad', warn: 'warn', allow: undefined } as const;

/** One finding: what the policy makes of it, what is the matter, and what would mend it. */
export function FindingNote({ finding, hasPlace = false }: { finding: MigrationFinding; hasPlace?: boolean }) {
  const { t } = useTranslation();
  const codeWords = useCodeWords();
  const { ruling, code, message, mend, accepted, file, line } = finding;
  return (
    <div className="finding" data-tone={tones[ruling]} data-code={code}>
      <div className="finding-head">
        <RulingLabel ruling={ruling} />
        <span className="mono finding-code" title={codeWords(code)}>
          {code}
        </span>
        {hasPlace && file !== '' && <span className="mono dimmed">{line === null ? file : `${file}:${line}`}</span>}
      </div>
      <div>{message}</div>
      {mend !== '' && (
        <div className="dimmed">
          {t('migrations.mend')} {mend}
        </div>
      )}
      {accepted !== null && <div className="dimmed">{t('migrations.accepted', { why: accepted })}</div>}
    </div>
  );
}

/** Findings that stand beside no line. */
export function FindingList({ findings }: { findings: readonly MigrationFinding[] }) {
  return (
    <div className="finding-list">
      {findings.map((finding, index) => (
        <FindingNote key={index} finding={finding} hasPlace />
      ))}
    </div>
  );
}
