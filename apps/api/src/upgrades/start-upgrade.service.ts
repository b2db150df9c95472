import type { operations, UpgradeOptions, UpgradePlan } from '@grey/contracts';
import type { MigrationSet } from '@grey/schema-upgrades';
import { assertTenant, type Caller } from '../access/caller.ts';
import type { CellSwitch } from '../assignments/cell-switch.service.ts';
import { actorOf, type ChangesService } from '../changes/changes.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { DryRun } from '../infra/http/dry-run.ts';
import type { IdempotencyClaim } from '../infra/http/idempotency.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import type { MigrationSets } from '../migrations/migration-sets.ts';
import type { ServiceRecords } from '../services/service-records.ts';
import type { TenantSchemas } from '../tenant-schemas/tenant-schemas.service.ts';
import { planOf } from './plan-upgrade.ts';
import type { PreflightStep } from './steps/preflight.step.ts';
import type { Checked, PreflightChecks, Probe } from './steps/preflight-checks.service.ts';
import type { SchemaWay, SchemaWays } from './steps/schema-way.service.ts';
import { targetSchema } from './target-schema.ts';
import type { NewUpgrade, UpgradeKind } from './upgrade-row.ts';
import type { UpgradeSubjectsStore } from './upgrade-subjects.store.ts';
import { upgradeView } from './upgrade-view.ts';
import type { UpgradesStore } from './upgrades.store.ts';
import { itemOfUpgrade, type Upgrades } from './upgrades.ts';

type Ops = typeof operations;

export interface StartUpgradeParts {
  readonly store: UpgradesStore;
  readonly subjects: UpgradeSubjectsStore;
  readonly changes: ChangesService;
  readonly upgrades: Upgrades;
  readonly checks: PreflightChecks;
  readonly preflight: Pick<PreflightStep, 'probe'>;
  readonly ways: Pick<SchemaWays, 'read'>;
  readonly sets: Pick<MigrationSets, 'find'>;
  readonly schemas: Pick<TenantSchemas, 'read'>;
  readonly services: Pick<ServiceRecords, 'read' | 'assertKnown' | 'holdVersions'>;
  readonly cells: Pick<CellSwitch, 'read'>;
}

/** Somebody's wish for one tenant. */
interface Wish {
  readonly kind: UpgradeKind;
  readonly tenantId: string;
  readonly serviceId: string;
  readonly toVersion: string;
  readonly options: UpgradeOptions;
  readonly reason: string | undefined;
  readonly override: { readonly reason: string } | undefined;
}

/** What a wish comes to as things are now. */
interface Draft {
  readonly upgrade: NewUpgrade;
  readonly way: SchemaWay;
  readonly checked: Checked;
}

/** Plans and starts upgrades of single tenants. */
export class StartUpgradeService {
  readonly #parts: StartUpgradeParts;

  constructor(parts: StartUpgradeParts) {
    this.#parts = parts;
  }

  /** @throws ApiError, as declared */
  async startSchemaByLabel({ caller, input, idempotency }: Called<Ops['upgradeSchema']>) {
    const { tenantId, serviceVersion } = input.params;
    assertTenant(caller, tenantId);
    const [, serviceId, toVersion = ''] = /^(?:(.+)[@:])?([^@:]+)$/.exec(serviceVersion) ?? [];
    const wish = await this.#schemaWish(caller, { tenantId, serviceId, toVersion, options: DEFAULTS });
    return this.#start(caller, wish, idempotency);
  }

  /** With `isDryRun` nothing is written, not even begun to be. @throws ApiError, as declared */
  async startSchema({ caller, input, idempotency }: Called<Ops['startSchemaUpgrade']>) {
    const { tenantId } = input.params;
    assertTenant(caller, tenantId);
    const { serviceId, version: toVersion, options, reason, override, isDryRun } = input.body;
    const wish = await this.#schemaWish(caller, { tenantId, serviceId, toVersion, options, reason, override });
    return isDryRun ? new DryRun(await this.#plan(caller, wish)) : this.#start(caller, wish, idempotency);
  }

  plan({ caller, input }: Called<Ops['planUpgrade']>): Promise<UpgradePlan> {
    assertTenant(caller, input.params.tenantId);
    return this.#plan(caller, wishOf(input));
  }

  start({ caller, input, idempotency }: Called<Ops['startUpgrade']>) {
    assertTenant(caller, input.params.tenantId);
    return this.#start(caller, wishOf(input), idempotency);
  }

  /** Read only: the tenant's database is asked, outside of any transaction, for what its ledger says. */
  async #plan(caller: Caller, wish: Wish): Promise<UpgradePlan> {
    const probe = await this.#parts.preflight.probe(wish.tenantId, wish.serviceId);
    return this.#parts.store.consistentRead(async (tx) => {
      const { upgrade, way, checked } = await this.#draft(tx, caller, wish, probe);
      return planOf(upgrade, way, checked, probe?.isReached === true ? probe.ledger : []);
    });
  }

  async #start(caller: Caller, wish: Wish, idempotency: IdempotencyClaim | undefined) {
    const request = { kind: 'upgrade.started', actor: actorOf(caller), reason: wish.reason, idempotency } as const;
    const answer = await this.#parts.changes.commit(request, async (tx, changeKey) => {
      await this.#parts.services.assertKnown(tx, wish.serviceId);
      await this.#parts.services.holdVersions(tx, wish.serviceId, [wish.toVersion]);
      const { upgrade, checked } = await this.#draft(tx, caller, wish, undefined);
      if (!checked.isAllowed) throw refused(checked);
      const row = await this.#parts.upgrades.start(tx, upgrade);
      await this.#parts.store.noteChange(tx, row.id, changeKey);
      const { kind, fromVersion, toVersion, schemaFrom, schemaTo, options } = row;
      const item = itemOfUpgrade(row, null, { kind, fromVersion, toVersion, schemaFrom, schemaTo, options });
      return {
        items: [item],
        answer: ({ changeId }) => ({
          upgradeId: row.id,
          upgrade: upgradeView(row, changeId === null ? [] : [changeId]),
        }),
      };
    });
    this.#parts.upgrades.nudge();
    return answer;
  }

  /** @throws ApiError TENANT_UNKNOWN, SERVICE_UNKNOWN, VERSION_UNKNOWN, DATA_SOURCE_MISSING */
  async #draft(tx: Transaction, caller: Caller, wish: Wish, probe: Probe | undefined): Promise<Draft> {
    const { kind, tenantId, serviceId, toVersion, options, reason = null, override } = wish;
    if (!(await this.#parts.subjects.hasTenant(tx, tenantId))) throw new ApiError('TENANT_UNKNOWN');
    await this.#parts.services.assertKnown(tx, serviceId);
    const service = await this.#parts.services.read(tx, serviceId);
    const target = service.versions.find(({ version }) => version === toVersion);
    if (target === undefined)
      throw new ApiError('VERSION_UNKNOWN', { detail: `${serviceId} has no version ${toVersion}.` });
    const [only, another] = service.defaults;
    const byDefault = another === undefined ? (only?.version ?? null) : null;
    const fromVersion = (await this.#parts.cells.read(tx, tenantId, serviceId))?.version ?? byDefault;
    const cell = await this.#parts.schemas.read(tx, tenantId, serviceId);
    const engine = await this.#parts.subjects.readEngine(tx, tenantId, serviceId);
    if (engine === null && kind === 'schema') throw new ApiError('DATA_SOURCE_MISSING');
    const own: MigrationSet | null =
      engine === null ? null : await this.#parts.sets.find(tx, serviceId, toVersion, engine);
    const present = service.versions.find(({ version }) => version === fromVersion);
    const expandedTo = cell?.expandedTo ?? present?.schemaMin ?? 0;
    const schemaTo =
      engine === null ? null : targetSchema(own?.schemaVersion ?? null, target.schemaMin ?? null, expandedTo);
    const upgrade: NewUpgrade = {
      kind,
      tenantId,
      serviceId,
      fromVersion,
      toVersion,
      schemaFrom: cell?.schemaVersion ?? null,
      schemaTo,
      options,
      requestedBy: actorOf(caller),
      reason,
      overrideReason: override?.reason ?? null,
    };
    const checked = await this.#parts.checks.check(tx, { ...upgrade, override, caller, probe });
    const way = await this.#parts.ways.read(tx, { ...upgrade, schemaFrom: checked.floor });
    return {
      upgrade: { ...upgrade, schemaFrom: upgrade.schemaFrom ?? (probe === undefined ? null : checked.floor) },
      way,
      checked,
    };
  }

  /** Finds the service where it was not named. @throws ApiError SERVICE_AMBIGUOUS, VERSION_UNKNOWN, DATA_SOURCE_MISSING */
  async #schemaWish(
    _caller: Caller,
    given: {
      readonly tenantId: string;
      readonly serviceId?: string | undefined;
      readonly toVersion: string;
      readonly options: UpgradeOptions;
      readonly reason?: string | undefined;
      readonly override?: { readonly reason: string } | undefined;
    },
  ): Promise<Wish> {
    const { tenantId, toVersion } = given;
    const serviceId =
      given.serviceId ?? (await this.#parts.store.consistentRead((tx) => this.#guess(tx, tenantId, toVersion)));
    return {
      kind: 'schema',
      tenantId,
      serviceId,
      toVersion,
      options: given.options,
      reason: given.reason,
      override: given.override,
    };
  }

  async #guess(tx: Transaction, tenantId: string, version: string): Promise<string> {
    if (!(await this.#parts.subjects.hasTenant(tx, tenantId))) throw new ApiError('TENANT_UNKNOWN');
    const found = await this.#parts.subjects.servicesWith(tx, tenantId, version);
    if (found.length === 0) throw new ApiError('VERSION_UNKNOWN', { detail: `No service has a version ${version}.` });
    const here = found.filter(({ hasDataSource }) => hasDataSource).map(({ serviceId }) => serviceId);
    if (here.length === 0) throw new ApiError('DATA_SOURCE_MISSING');
    if (here.length > 1)
      throw new ApiError('SERVICE_AMBIGUOUS', {
        detail: `${version} is a version of ${here.join(', ')}: name one of them.`,
      });
    return here[0] as string;
  }
}

const DEFAULTS: UpgradeOptions = {
  backup: 'contract',
  contract: 'ask',
  soakSeconds: 60,
  gates: { maxFailedShare: 0.05, minDecisions: 0, hookSeconds: 10 },
};

function wishOf({ params, body }: Pick<Called<Ops['startUpgrade']>['input'], 'params' | 'body'>): Wish {
  const { toVersion, options, reason, override } = body;
  return { kind: 'service', ...params, toVersion, options, reason, override };
}

function refused({ checks }: Checked): ApiError {
  const standing = checks.filter(({ verdict }) => verdict === 'refuse');
  if (standing.some(({ check }) => check === 'busy'))
    return new ApiError('UPGRADE_RUNNING', { detail: standing.find(({ check }) => check === 'busy')?.detail ?? '' });
  return new ApiError('UPGRADE_REFUSED', {
    detail: standing.map(({ detail }) => detail).join(' '),
    checks: [...checks],
  });
}
