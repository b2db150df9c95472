import type { RollbackPlan, RollbackResult } from '@grey/contracts';
import { countOf } from '../terminal/format-table.ts';
import { type Paint, printable } from '../terminal/paint.ts';

const SHOWN = 20;

interface What {
  readonly serviceId: string;
  readonly fromVersion: string;
  readonly toVersion: string;
}

/** What the operator reads before typing the name: counts first, then what stays behind, then what is stopped. */
export function formatRollbackPlan(what: What, plan: RollbackPlan, paint: Paint): string {
  const title = `Roll back ${what.serviceId} ${what.fromVersion} → ${what.toVersion}`;
  const chain = plan.chain.length > 2 ? [`Holds lead on: ${plan.chain.join(' → ')}`] : [];
  return lines([
    paint.bold(printable(title)),
    `${paint.bold(countOf(plan.affectedCount, 'tenant'))} of ${plan.inScopeCount} in the scope change their version`,
    ...plan.byMove.map(
      (move) =>
        `  ${versionOf(move.fromVersion)} → ${versionOf(move.toVersion)}: ${countOf(move.tenantCount, 'tenant')}`,
    ),
    ...chain,
    ...outcomeLines(plan, paint),
    ...section('Also led to the version by', plan.alsoReachedBy.map(referenceText)),
  ]);
}

/** What was done, where it is kept, and who has it. */
export function formatRollbackResult(result: RollbackResult, paint: Paint): string {
  const { position, convergence, durability } = result;
  const at = position === null ? 'not in the log yet' : `position ${position.epoch}-${position.revision}`;
  return lines([
    paint.good(`Rolled back: ${countOf(result.affectedCount, 'tenant')}, ${at}, at ${result.at}`),
    `Hold ${result.rollbackId}, until it is lifted: grey undo-rollback ${result.rollbackId}`,
    durability === 'log' ? 'Kept in the log' : paint.warn(`Kept in ${durability}: the database is away; it follows`),
    ...outcomeLines(result, paint),
    convergence === null ? paint.warn('How far the routers are is not known') : routersLine(convergence, paint),
    ...section('Missing routers', convergence?.missing ?? []),
  ]);
}

function routersLine({ applied, total, elapsedMs }: NonNullable<RollbackResult['convergence']>, paint: Paint): string {
  const text = `${applied} of ${countOf(total, 'router')} acknowledged within ${Math.round(elapsedMs)} ms`;
  return applied >= total ? paint.good(text) : paint.bad(text);
}

function outcomeLines(
  { leftOut, warnings, frozen, preempted }: Pick<RollbackResult, 'leftOut' | 'warnings' | 'frozen' | 'preempted'>,
  paint: Paint,
): string[] {
  return [
    ...section(
      paint.bad(`Left out: ${countOf(leftOut.length, 'tenant')}`),
      leftOut.map(({ tenantId, code, message }) => `${tenantId}: ${message} (${code})`),
    ),
    ...section(
      paint.warn('Warnings'),
      warnings.map(({ code, message }) => `${message} (${code})`),
    ),
    ...section(
      paint.warn('Freezes that are overridden'),
      frozen.map(({ tenantId, detail }) => `${tenantId ?? 'everybody'}: ${detail}`),
    ),
    ...section(
      'Stopped with it',
      preempted.map(({ kind, id, detail }) => `${kind} ${id}: ${detail}`),
    ),
  ];
}

function section(title: string, all: readonly string[]): string[] {
  if (all.length === 0) return [];
  const rest = all.length > SHOWN ? [`  … and ${all.length - SHOWN} more; --json has them all`] : [];
  return [title, ...all.slice(0, SHOWN).map((line) => `  ${printable(line)}`), ...rest];
}

/** `rule beta-testers, as target`: what leads somewhere, by its kind, with what else is told of it. */
function referenceText({ kind, serviceId: _service, ...facts }: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(facts).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [String(kind), ...told].join(' ');
}

function versionOf(version: string | null): string {
  return version ?? 'no version';
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
