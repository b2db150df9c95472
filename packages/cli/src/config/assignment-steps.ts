import type { GuardOverride } from '@grey/contracts';
import type { GreyClient } from '../api/grey-client.ts';
import { CliError } from '../cli-error.ts';
import { type ApplyStep, type AssignmentPlan, phases } from './apply-step.ts';
import type { Difference } from './diff-configs.ts';

/** Cells of one request; the body of 10 000 stays below what the API takes. */
const PORTION = 10_000;

export interface Cell {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly targetVersion: string | null;
  readonly currentVersion: string | null;
  readonly pinned?: boolean;
}

/** Differences of assignments as cells, with what was seen there. */
export function cellsOf(differences: readonly Difference[]): Cell[] {
  return differences.map(({ names, live, file }) => {
    const [tenantId, serviceId] = names as [string, string];
    const [was, wanted] = [live, file] as ({ version: string; pinned: boolean } | null | undefined)[];
    const currentVersion = was?.version ?? null;
    if (wanted == null) return { tenantId, serviceId, targetVersion: null, currentVersion };
    return { tenantId, serviceId, targetVersion: wanted.version, currentVersion, pinned: wanted.pinned };
  });
}

export function portionsOf(cells: readonly Cell[]): Cell[][] {
  const count = Math.ceil(cells.length / PORTION);
  return Array.from({ length: count }, (_, i) => cells.slice(i * PORTION, (i + 1) * PORTION));
}

/** Each portion is planned and applied in one transaction; the tokens of the API see to it that nothing came between. */
export function assignmentSteps(cells: readonly Cell[]): ApplyStep[] {
  const portions = portionsOf(cells);
  return portions.map((portion, i) => ({
    phase: phases.assign,
    title: `move ${portion.length} assignments${portions.length > 1 ? ` (${i + 1} of ${portions.length})` : ''}`,
    async run({ client, reason, override, isPartial }) {
      const plan = requestOf(portion, override);
      const planned = await planCells(client, plan);
      if (planned.refusals.length > 0 && !isPartial) throw refusedCells(planned);
      const { body } = await client.call('applyAssignments', {
        body: { planToken: planned.planToken, plan, reason },
      });
      const { moveCount, refusedCount } = body.summary;
      return `${moveCount} moved${refusedCount > 0 ? `, ${refusedCount} refused` : ''}`;
    },
  }));
}

export function requestOf(cells: Cell[], override: GuardOverride | undefined) {
  return { cells, ...(override === undefined ? {} : { override }) };
}

export async function planCells(client: GreyClient, body: ReturnType<typeof requestOf>): Promise<AssignmentPlan> {
  return (await client.call('planAssignments', { body })).body;
}

function refusedCells({ refusals, summary }: AssignmentPlan): CliError {
  return new CliError('REFUSED', `${summary.refusedCount} assignments are refused; --partial moves the others.`, {
    lines: refusals.slice(0, 20).map(refusalText),
    data: { refusals },
  });
}

export function refusalText({ tenantId, serviceId, message, code, mend }: AssignmentPlan['refusals'][number]): string {
  return `${tenantId} ${serviceId}: ${message} (${code})${mend ? ` Mend: ${mend}` : ''}`;
}
