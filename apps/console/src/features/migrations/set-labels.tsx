import { useTranslation } from 'react-i18next';
import type {
  DatabaseEngine,
  MigrationBlocking,
  MigrationFinding,
  MigrationFindingRuling,
  MigrationPhase,
  MigrationSetSummary,
} from '../../api/generated/model/index.ts';
import { StatusLabel, type Tone } from '../../parts/status.tsx';

/** Unknown: nobody looked, which must not read as if nobody had to wait. */
type Blocks = MigrationBlocking | 'unknown';

const phaseTones: Readonly<Record<MigrationPhase, Tone>> = { expand: 'good', migrate: 'note', contract: 'warn' };
const blockingTones: Readonly<Record<Blocks, Tone>> = {
  unknown: 'plain',
  nothing: 'good',
  'schema-changes': 'plain',
  writes: 'warn',
  'reads-and-writes': 'warn',
};
const rulingTones: Readonly<Record<MigrationFindingRuling, Tone>> = { refuse: 'bad', warn: 'warn', allow: 'plain' };

export function PhaseLabel({ phase }: { phase: MigrationPhase }) {
  const { t } = useTranslation();
  return (
    <span title={t(`migrations.phaseMeans.${phase}`)}>
      <StatusLabel tone={phaseTones[phase]}>{t(`migrations.phase.${phase}`)}</StatusLabel>
    </span>
  );
}

interface Blocking {
  engine: DatabaseEngine;
  blocks: MigrationBlocking;
  /** What was found in what blocks. */
  findings?: readonly MigrationFinding[];
}

/** The linter reads PostgreSQL's locks; of MySQL's, and of what it cannot read, it says nothing at all. */
function knownBlocks({ engine, blocks, findings = [] }: Blocking): Blocks {
  const isRead = engine === 'postgres' && findings.every(({ code }) => code !== 'STATEMENT_UNPARSABLE');
  return blocks === 'nothing' && !isRead ? 'unknown' : blocks;
}

/** What others wait for. */
export function BlocksLabel(blocking: Blocking) {
  const { t } = useTranslation();
  const blocks = knownBlocks(blocking);
  const label = <StatusLabel tone={blockingTones[blocks]}>{t(`migrations.blocks.${blocks}`)}</StatusLabel>;
  return blocks === 'unknown' ? <span title={t('migrations.blocksUnknownMeans')}>{label}</span> : label;
}

export function RulingLabel({ ruling }: { ruling: MigrationFindingRuling }) {
  const { t } = useTranslation();
  return <StatusLabel tone={rulingTones[ruling]}>{t(`migrations.ruling.${ruling}`)}</StatusLabel>;
}

/** What the policy makes of a set, with the number of what it says. */
export function VerdictLabel({
  refusalCount,
  warningCount,
}: Pick<MigrationSetSummary, 'refusalCount' | 'warningCount'>) {
  const { t } = useTranslation();
  if (refusalCount > 0)
    return <StatusLabel tone="bad">{t('migrations.refusals', { count: refusalCount })}</StatusLabel>;
  if (warningCount > 0)
    return <StatusLabel tone="warn">{t('migrations.warnings', { count: warningCount })}</StatusLabel>;
  return <StatusLabel tone="good">{t('migrations.nothingFound')}</StatusLabel>;
}

export function WayBackLabel({ isReversible }: Pick<MigrationSetSummary, 'isReversible'>) {
  const { t } = useTranslation();
  return isReversible ? (
    <StatusLabel tone="good">{t('migrations.reversible')}</StatusLabel>
  ) : (
    <StatusLabel tone="warn">{t('migrations.irreversible')}</StatusLabel>
  );
}
