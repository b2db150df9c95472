import type { Position } from '@grey/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CellSwitch } from '../../assignments/cell-switch.service.ts';
import { followRecords } from '../../holds/follow-records.ts';
import type { Transaction } from '../../infra/db/database.ts';
import { readActiveHolds } from '../../infra/db/read-holds.ts';
import { Fence, type FenceLook } from '../../tenant-schemas/fence.ts';
import { TenantSchemas } from '../../tenant-schemas/tenant-schemas.service.ts';
import { type StepContext, type StepOutcome, type UpgradeStep, UpgradeSteps, upgradeFailure } from '../upgrade-step.ts';
import { type SchemaWay, SchemaWays } from './schema-way.service.ts';
import { FENCED_AT, MARKED_AT } from './step-notes.ts';
import { UpgradePartsStore } from './upgrade-parts.store.ts';
import { fitsInterval, rangeText, unguardedVersions } from './version-fits.ts';

/** Routers answer within a second or they are away; looking more often would only cost. */
const LOOK_MS = 1_000;
const OBSTACLE_MS = 5_000;
const NAMED = 10;

/**
 * Keeps the old version away before contract takes away what it uses. First every router must know that the schema is about to
 * change, so that one that is cut off later refuses; then the old version is refused by raising what the schema serves, and
 * every router knows that, or has been cut off for so long that it refuses by itself.
 */
@Injectable()
export class FenceStep implements UpgradeStep, OnModuleInit {
  readonly name = 'fence';

  constructor(
    private readonly fence: Fence,
    private readonly ways: SchemaWays,
    private readonly schemas: TenantSchemas,
    private readonly cells: CellSwitch,
    private readonly parts: UpgradePartsStore,
    private readonly steps: UpgradeSteps,
  ) {}

  onModuleInit(): void {
    this.steps.register(this);
  }

  async run(context: StepContext): Promise<StepOutcome> {
    const { upgrade } = context;
    const { schemaTo } = upgrade;
    const way = await context.write((tx) => this.ways.read(tx, upgrade));
    if (schemaTo === null || way.contracted.length === 0) return { kind: 'skipped', detail: 'Nothing is contracted.' };
    const forgotten = upgrade.confirmation?.forgetRouters ?? [];
    if (upgrade.notes[FENCED_AT] == null) {
      const why = await context.write((tx) => this.#findObstacle(tx, context, way, schemaTo));
      if (why !== undefined) return waitForSomebody(why);
      const first = await this.fence.look(positionOf(upgrade.notes[MARKED_AT]), { isLeaseEnough: false, forgotten });
      if (!first.isPassed) return waitFor(first, 'that the schema is about to change');
      const position = await context.change((tx) => this.#setFloor(tx, context, schemaTo));
      await context.remember({ [FENCED_AT]: position });
    }
    const position = positionOf(context.upgrade.notes[FENCED_AT]);
    const second = await this.fence.look(position, { isLeaseEnough: true, forgotten });
    if (!second.isPassed) return waitFor(second, `that only schema ${schemaTo} is served`);
    const lapsed = second.lapsed.length === 0 ? '' : ` ${listOf(second.lapsed)} are cut off and refuse by themselves.`;
    return { kind: 'done', detail: `${second.applied} of ${second.total} routers keep the old version away.${lapsed}` };
  }

  /** Contract has not begun, or it was taken back: the schema serves the old version still. */
  async compensate(context: StepContext): Promise<StepOutcome> {
    const way = await context.write((tx) => this.ways.read(tx, context.upgrade));
    const { floor } = way;
    if (floor === null) return { kind: 'done', detail: 'Nothing was raised.' };
    await context.change((tx) => this.#setFloor(tx, context, floor));
    await context.remember({ [FENCED_AT]: null });
    return { kind: 'done', detail: `Schema ${floor} is served again.` };
  }

  async #setFloor(tx: Transaction, { upgrade }: StepContext, schemaVersion: number) {
    const { tenantId, serviceId } = upgrade;
    const cell = await this.schemas.read(tx, tenantId, serviceId);
    if (cell === null) return { kind: 'upgrade.fenced', items: [] } as const;
    const expandedTo = Math.max(cell.expandedTo, schemaVersion);
    const items = await this.schemas.write(tx, [{ ...cell, schemaVersion, expandedTo }]);
    return { kind: 'upgrade.fenced', items } as const;
  }

  /** A confirmation may be days old: whom the tenant is routed to now must get along without what contract takes away. */
  async #findObstacle(
    tx: Transaction,
    { upgrade }: StepContext,
    { service, target }: SchemaWay,
    schemaTo: number,
  ): Promise<string | undefined> {
    const { tenantId, serviceId, notes } = upgrade;
    if (notes[MARKED_AT] == null) return 'Its migrations contract something by now, which was not so when it began.';
    const assigned = (await this.cells.read(tx, tenantId, serviceId))?.version;
    const tenant = await this.parts.findTenant(tx, tenantId);
    if (assigned !== undefined && tenant !== undefined) {
      const landed = followRecords(await readActiveHolds(tx, serviceId), assigned, tenant).at(-1);
      const version = service.versions.find((one) => one.version === landed);
      if (version !== undefined && !fitsInterval(version, schemaTo, schemaTo))
        return `The tenant gets ${version.version} by now, which serves ${rangeText(version)}: it would be left without an answer.`;
    }
    const open = target === undefined ? [] : unguardedVersions(service.versions, target);
    return open.length === 0
      ? undefined
      : `Nothing would keep tenants off ${open.join(', ')}: declare schemaMax there.`;
  }
}

function positionOf(note: unknown): Position {
  return note as Position;
}

function waitFor({ applied, total, missing }: FenceLook, what: string): StepOutcome {
  return {
    kind: 'wait',
    awaits: 'time',
    until: new Date(Date.now() + LOOK_MS),
    detail: `${applied} of ${total} routers know ${what}; waits for ${listOf(missing)}.`,
  };
}

/** It passes when somebody has mended it, and can be aborted meanwhile. */
function waitForSomebody(why: string): StepOutcome {
  const failure = upgradeFailure('UPGRADE_REFUSED', why);
  return { kind: 'wait', awaits: 'operator', until: new Date(Date.now() + OBSTACLE_MS), detail: why, failure };
}

function listOf(names: readonly string[]): string {
  const others = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${others}`;
}
