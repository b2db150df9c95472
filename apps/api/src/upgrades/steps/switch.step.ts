import type { Permission } from '@grey/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../access/caller.ts';
import { type AssignedCell, CellSwitch } from '../../assignments/cell-switch.service.ts';
import { RewrittenCells } from '../../emergency/rewritten-cells.service.ts';
import type { GuardContext } from '../../guards/version-guard.ts';
import { followRecords } from '../../holds/follow-records.ts';
import type { Transaction } from '../../infra/db/database.ts';
import { readActiveHolds } from '../../infra/db/read-holds.ts';
import { ApiError } from '../../infra/http/api-error.ts';
import type { UpgradeRow } from '../upgrade-row.ts';
import { type StepContext, type StepOutcome, type UpgradeStep, UpgradeSteps, upgradeFailure } from '../upgrade-step.ts';
import { SWITCHED_FROM } from './step-notes.ts';
import { UpgradePartsStore } from './upgrade-parts.store.ts';

interface Remembered {
  readonly cell: AssignedCell | null;
}

/** After these nothing passes by itself. */
const REFUSALS: ReadonlySet<string> = new Set([
  'MOVE_REFUSED',
  'TENANT_UNKNOWN',
  'SERVICE_UNKNOWN',
  'VERSION_UNKNOWN',
  'VERSION_RETIRED',
]);

/** Assigns the tenant the new version, as an operator would: with its guards, in a change of its own. */
@Injectable()
export class SwitchStep implements UpgradeStep, OnModuleInit {
  readonly name = 'switch';

  constructor(
    private readonly cells: CellSwitch,
    private readonly rewritten: RewrittenCells,
    private readonly parts: UpgradePartsStore,
    private readonly steps: UpgradeSteps,
  ) {}

  onModuleInit(): void {
    this.steps.register(this);
  }

  async run(context: StepContext): Promise<StepOutcome> {
    const { tenantId, serviceId, toVersion, fromVersion } = context.upgrade;
    if (rememberedOf(context.upgrade) === undefined) {
      const cell = await context.write((tx) => this.cells.read(tx, tenantId, serviceId));
      if (cell?.version === toVersion) return { kind: 'skipped', detail: `${toVersion} is assigned already.` };
      await context.remember({ [SWITCHED_FROM]: { cell } satisfies Remembered });
    }
    const before = rememberedOf(context.upgrade)?.cell ?? null;
    // Without an assignment the default counts, which is what the upgrade took for its start.
    if (before !== null && before.version !== fromVersion) return failed(movedAway(before, fromVersion));
    const from = before?.version ?? null;
    let found: AssignedCell | null = before;
    try {
      await context.change(async (tx) => {
        await this.#assertNotHeld(tx, context.upgrade);
        const wish = { tenantId, serviceId, from: [from], to: { version: toVersion } };
        const switched = await this.cells.switch(tx, wish, guardedAs(context.upgrade));
        found = switched.found;
        return { kind: 'upgrade.switched', items: switched.items };
      });
    } catch (error) {
      if (!(error instanceof ApiError) || !REFUSALS.has(error.code)) throw error;
      const mend = error.extra.objections?.[0]?.mend ?? null;
      return { kind: 'failed', failure: upgradeFailure(error.code, error.extra.detail ?? error.message, { mend }) };
    }
    const version = (found as AssignedCell | null)?.version ?? null;
    // Found there: it was done before this worker took over.
    if (version !== from && version !== toVersion) return failed(movedAway(found, fromVersion));
    return { kind: 'done', detail: `${nameOf(from)} → ${toVersion}.` };
  }

  /** Guards are not asked: a tenant whose schema goes back cannot stay. What somebody else has assigned since is let be. */
  async compensate(context: StepContext): Promise<StepOutcome> {
    const { tenantId, serviceId, toVersion } = context.upgrade;
    const remembered = rememberedOf(context.upgrade);
    if (remembered === undefined) return { kind: 'done', detail: 'It was not switched.' };
    const { cell } = remembered;
    let found: AssignedCell | null = null;
    try {
      await context.change(async (tx) => {
        const switched = await this.cells.switch(tx, { tenantId, serviceId, from: [toVersion], to: cell }, null);
        // Undoing an emergency must not bring back a tenant whose schema is taken down.
        await this.rewritten.forget(tx, tenantId, serviceId, toVersion);
        found = switched.found;
        return { kind: 'upgrade.switched', items: switched.items };
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'TENANT_UNKNOWN') return { kind: 'done', detail: 'The tenant is gone.' };
      if (!REFUSALS.has(error.code)) throw error;
      const detail = `${nameOf(cell?.version ?? null)} cannot be assigned again: ${error.extra.detail ?? error.message}`;
      return {
        kind: 'needs-operator',
        failure: upgradeFailure(error.code, detail, {
          mend: 'Revive the version, or move the tenant by hand; then retry.',
        }),
      };
    }
    const version = (found as AssignedCell | null)?.version ?? null;
    if (version === toVersion) return { kind: 'done', detail: `Back to ${nameOf(cell?.version ?? null)}.` };
    if (version === (cell?.version ?? null)) return { kind: 'done', detail: `${nameOf(version)} is assigned.` };
    return { kind: 'done', detail: `Somebody has assigned ${nameOf(version)} since; that is left as it is.` };
  }

  async #assertNotHeld(tx: Transaction, { tenantId, serviceId, toVersion }: UpgradeRow): Promise<void> {
    const tenant = await this.parts.findTenant(tx, tenantId);
    if (tenant === undefined) throw new ApiError('TENANT_UNKNOWN');
    const landed = followRecords(await readActiveHolds(tx, serviceId), toVersion, tenant).at(-1);
    if (landed !== toVersion)
      throw new ApiError('MOVE_REFUSED', { detail: `A hold answers ${toVersion} by ${landed}. Lift it first.` });
  }
}

function rememberedOf({ notes }: UpgradeRow): Remembered | undefined {
  return (notes[SWITCHED_FROM] as Remembered | null | undefined) ?? undefined;
}

/** Whoever started it with an override was allowed to; it counts to the end. */
export function guardedAs({
  overrideReason,
  requestedBy,
}: Pick<UpgradeRow, 'overrideReason' | 'requestedBy'>): GuardContext {
  if (overrideReason === null) return { isHeld: true };
  const caller: Caller = {
    kind: requestedBy.kind === 'api_key' ? 'api_key' : 'user',
    id: requestedBy.id,
    name: requestedBy.name,
    role: null,
    permissions: new Set<Permission>(['changes.override']),
    tenantIds: null,
    mustChangePassword: false,
    expiresAt: Number.POSITIVE_INFINITY,
  };
  return { caller, override: { reason: overrideReason }, isHeld: true };
}

function movedAway(found: AssignedCell | null, expected: string | null): string {
  return `Somebody has assigned ${nameOf(found?.version ?? null)} since; it was ${nameOf(expected)} when the upgrade began.`;
}

function failed(message: string): StepOutcome {
  const mend = 'Start an upgrade from where the tenant is now.';
  return { kind: 'failed', failure: upgradeFailure('ASSIGNMENT_CHANGED', message, { mend }) };
}

function nameOf(version: string | null): string {
  return version ?? 'the default';
}
