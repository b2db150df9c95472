import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type StepContext, type StepOutcome, type UpgradeStep, UpgradeSteps, upgradeFailure } from '../upgrade-step.ts';
import { type HookState, isHookDue, judgeSoak } from './judge-soak.ts';
import { SoakHook } from './soak-hook.ts';
import { SoaksStore } from './soaks.store.ts';
import { HOOK } from './step-notes.ts';

/** Lets the new version answer for a while, and looks how it does. Time and counts are in the database, not in this process. */
@Injectable()
export class SoakStep implements UpgradeStep, OnModuleInit {
  readonly name = 'soak';

  constructor(
    private readonly store: SoaksStore,
    private readonly hook: SoakHook,
    private readonly steps: UpgradeSteps,
  ) {}

  onModuleInit(): void {
    this.steps.register(this);
  }

  async run(context: StepContext): Promise<StepOutcome> {
    const { id: upgradeId, tenantId, serviceId, toVersion, options } = context.upgrade;
    const { hookUrl } = options.gates;
    const soak = await context.write((tx) => this.store.begin(tx, { upgradeId, tenantId, serviceId, toVersion }));
    let hook = (context.upgrade.notes[HOOK] as HookState | null | undefined) ?? null;
    if (hookUrl !== undefined && isHookDue({ options, now: soak.now, hook })) {
      hook = await this.hook.ask(context.upgrade, hookUrl, soak, hook);
      await context.remember({ [HOOK]: hook });
    }
    const verdict = judgeSoak({ options, ...soak, hook });
    if (verdict.kind === 'wait') return { kind: 'wait', awaits: 'time', until: verdict.until, detail: verdict.detail };
    if (verdict.kind === 'fail') return { kind: 'failed', failure: upgradeFailure(verdict.code, verdict.detail) };
    await context.write((tx) => this.store.end(tx, upgradeId));
    return { kind: 'done', detail: verdict.detail };
  }

  async compensate(context: StepContext): Promise<StepOutcome> {
    await context.write((tx) => this.store.end(tx, context.upgrade.id));
    // Since when it was silent then is nothing to a soak that begins anew.
    if (context.upgrade.notes[HOOK] != null) await context.remember({ [HOOK]: null });
    return { kind: 'done' };
  }
}
