import { UpgradeError } from '@grey/schema-upgrades';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApiError } from '../../infra/http/api-error.ts';
import { TenantAccess } from '../../schema-checks/tenant-access.ts';
import { InstanceUpdates } from '../../services/live-instances.ts';
import { type StepContext, type StepOutcome, type UpgradeStep, UpgradeSteps, upgradeFailure } from '../upgrade-step.ts';
import type { CheckRow } from './check-row.ts';
import { PreflightChecks, type Probe } from './preflight-checks.service.ts';
import { FLOOR, FORGOTTEN } from './step-notes.ts';

const PROBE_MS = 10_000;
const RETRY_MS = 5_000;
/** Of a data source, where there is one: after a revert it may have no credentials. */
const NO_WAY: Probe = {
  ...{ isReached: false, code: 'DATA_SOURCE_MISSING', message: 'The data source has no user and password' },
};

/** Looks once more at everything that speaks against the upgrade, now that its turn has come. Changes nothing. */
@Injectable()
export class PreflightStep implements UpgradeStep, OnModuleInit {
  readonly name = 'preflight';

  constructor(
    private readonly checks: PreflightChecks,
    private readonly access: TenantAccess,
    private readonly steps: UpgradeSteps,
    private readonly instances: InstanceUpdates,
  ) {}

  onModuleInit(): void {
    this.steps.register(this);
  }

  async run(context: StepContext): Promise<StepOutcome> {
    const { upgrade } = context;
    const probe = await this.probe(upgrade.tenantId, upgrade.serviceId, context.signal);
    // A replica takes upgrades as soon as it is up, and may not have heard of the instances yet.
    await this.instances.freshen(upgrade.serviceId);
    const override = upgrade.overrideReason === null ? undefined : { reason: upgrade.overrideReason };
    // As it is now: it may have been started, or have failed, a while ago.
    const request = { ...upgrade, schemaFrom: null, notes: {}, override, probe: probe ?? NO_WAY };
    const { checks, floor } = await context.write((tx) => this.checks.check(tx, request));
    await context.remember({ ...FORGOTTEN, [FLOOR]: floor });
    return outcomeOf(checks);
  }

  async compensate(): Promise<StepOutcome> {
    return { kind: 'done' };
  }

  /** @returns undefined when the tenant has no database for the service */
  async probe(tenantId: string, serviceId: string, signal?: AbortSignal): Promise<Probe | undefined> {
    const patience = AbortSignal.timeout(PROBE_MS);
    const until = signal === undefined ? patience : AbortSignal.any([signal, patience]);
    try {
      const ledger = await this.access.session(tenantId, serviceId, until, (session) => session.listLedger(serviceId));
      return { isReached: true, ledger };
    } catch (error) {
      if (error instanceof ApiError && error.code === 'DATA_SOURCE_MISSING') return undefined;
      if (error instanceof UpgradeError) return { isReached: false, code: error.code, message: error.message };
      throw error;
    }
  }
}

/** A database that cannot be reached may be back in a moment; what else refuses is for somebody to mend. */
function outcomeOf(checks: readonly CheckRow[]): StepOutcome {
  const refused = checks.filter(({ verdict }) => verdict === 'refuse');
  const [first] = refused;
  if (first === undefined) {
    const warnings = checks.filter(({ verdict }) => verdict === 'warn').map(({ detail }) => detail);
    return { kind: 'done', detail: warnings.length === 0 ? 'Nothing speaks against it.' : warnings.join(' ') };
  }
  const detail = refused.map((one) => one.detail).join(' ');
  if (refused.every(({ check }) => check === 'database')) {
    const failure = upgradeFailure('TENANT_DATABASE_UNAVAILABLE', detail, { mend: first.mend });
    return { kind: 'retry', failure, afterMs: RETRY_MS };
  }
  return { kind: 'failed', failure: upgradeFailure(codeOf(refused), detail, { mend: first.mend }) };
}

/** A freeze or a hold is somebody's decision, which a batch tells from a fault of the version. */
function codeOf(refused: readonly CheckRow[]): string {
  if (refused.every(({ check }) => check === 'freeze')) return 'FROZEN';
  return refused.every(({ check }) => check === 'freeze' || check === 'hold') ? 'HELD' : 'UPGRADE_REFUSED';
}
