import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TenantSchemas } from '../../tenant-schemas/tenant-schemas.service.ts';
import { type StepContext, type StepOutcome, type UpgradeStep, UpgradeSteps } from '../upgrade-step.ts';
import { whyNoMigrations } from './judge-schema-way.ts';
import { SchemaWays } from './schema-way.service.ts';
import { IS_FIRST, MARKED_AT } from './step-notes.ts';

/**
 * Writes down what the schema serves, where nobody had, and that an upgrade is under way: from there on a router that is cut
 * off refuses rather than guess. Contract takes away what the old version works with, and the way back what the new one does.
 */
@Injectable()
export class MarkStep implements UpgradeStep, OnModuleInit {
  readonly name = 'mark';

  constructor(
    private readonly ways: SchemaWays,
    private readonly schemas: TenantSchemas,
    private readonly steps: UpgradeSteps,
  ) {}

  onModuleInit(): void {
    this.steps.register(this);
  }

  async run(context: StepContext): Promise<StepOutcome> {
    const { tenantId, serviceId } = context.upgrade;
    const way = await context.write((tx) => this.ways.read(tx, context.upgrade));
    // Also where nothing is contracted: the way back takes away what the new version works with, and needs the same fence.
    if (way.engine === null || context.upgrade.schemaTo === null)
      return { kind: 'skipped', detail: whyNoMigrations(context.upgrade.toVersion, way) };
    const floor = way.floor ?? 0;
    if (context.upgrade.notes[IS_FIRST] == null) await context.remember({ [IS_FIRST]: way.cell === null });
    // Killed before it is noted, it is done again and finds nothing to change: the end of the log is late enough, too.
    const position = await context.change(async (tx) => {
      const cell = (await this.schemas.read(tx, tenantId, serviceId)) ?? {
        tenantId,
        serviceId,
        schemaVersion: floor,
        expandedTo: floor,
      };
      return { kind: 'upgrade.marked', items: await this.schemas.write(tx, [{ ...cell, isMigrating: true }]) };
    });
    if (context.upgrade.notes[MARKED_AT] == null) await context.remember({ [MARKED_AT]: position });
    return { kind: 'done', detail: `The schema serves ${floor}, and is marked as migrating.` };
  }

  async compensate(context: StepContext): Promise<StepOutcome> {
    const { tenantId, serviceId, notes } = context.upgrade;
    await context.change(async (tx) => {
      const cell = await this.schemas.read(tx, tenantId, serviceId);
      if (cell === null) return { kind: 'upgrade.marked', items: [] };
      const items =
        notes[IS_FIRST] === true && cell.expandedTo === cell.schemaVersion
          ? await this.schemas.remove(tx, [{ tenantId, serviceId }])
          : await this.schemas.write(tx, [{ ...cell, isMigrating: false }]);
      return { kind: 'upgrade.marked', items };
    });
    await context.remember({ [MARKED_AT]: null });
    return { kind: 'done', detail: 'No longer marked as migrating.' };
  }
}
