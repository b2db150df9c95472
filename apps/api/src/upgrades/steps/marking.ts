import { positionSchema } from '@grey/contracts';
import type { Fence } from '../../tenant-schemas/fence.ts';
import type { TenantSchemas } from '../../tenant-schemas/tenant-schemas.service.ts';
import type { StepContext, StepOutcome } from '../upgrade-step.ts';
import { REMARKED_AT } from './step-notes.ts';

const LOOK_MS = 1_000;

/** Nothing of the schema will be taken away any more: routers that are cut off may go on. */
export async function unmark(context: StepContext, schemas: Pick<TenantSchemas, 'read' | 'write'>): Promise<void> {
  // Should it be taken back after all, and not for the first time, routers have to learn of a mark of its own.
  if (context.upgrade.notes[REMARKED_AT] != null) await context.remember({ [REMARKED_AT]: null });
  await setMark(context, schemas, false);
}

/**
 * Before an upgrade is taken back that had ended, or was about to: its mark is gone, and routers must know it again before
 * what the new version needs may go. No lease counts: one that is cut off does not know that it should refuse.
 *
 * @returns what is waited for; undefined when it is marked and all know
 */
export async function markAgain(
  context: StepContext,
  { schemas, fence }: { schemas: Pick<TenantSchemas, 'read' | 'write'>; fence: Pick<Fence, 'look'> },
): Promise<StepOutcome | undefined> {
  const { tenantId, serviceId } = context.upgrade;
  let remarked = positionSchema.safeParse(context.upgrade.notes[REMARKED_AT]);
  if (!remarked.success) {
    const cell = await context.write((tx) => schemas.read(tx, tenantId, serviceId));
    if (cell === null || (cell.isMigrating && context.upgrade.notes[REMARKED_AT] == null)) return undefined;
    // Noted before and after: killed between them, the end of the log is taken, which is later.
    await context.remember({ [REMARKED_AT]: 'begun' });
    await context.remember({ [REMARKED_AT]: await setMark(context, schemas, true) });
    remarked = positionSchema.safeParse(context.upgrade.notes[REMARKED_AT]);
  }
  if (!remarked.success) return undefined;
  const forgotten = context.upgrade.confirmation?.forgetRouters ?? [];
  const look = await fence.look(remarked.data, { isLeaseEnough: false, forgotten });
  if (look.isPassed) return undefined;
  const detail = `Before it is taken back, routers have to know: waits for ${look.missing.join(', ')}.`;
  return { kind: 'wait', awaits: 'time', until: new Date(Date.now() + LOOK_MS), detail };
}

function setMark(context: StepContext, schemas: Pick<TenantSchemas, 'read' | 'write'>, isMigrating: boolean) {
  const { tenantId, serviceId } = context.upgrade;
  return context.change(async (tx) => {
    const cell = await schemas.read(tx, tenantId, serviceId);
    const items = cell === null ? [] : await schemas.write(tx, [{ ...cell, isMigrating }]);
    return { kind: 'upgrade.marked', items };
  });
}
