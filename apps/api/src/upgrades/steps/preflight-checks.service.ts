import type { Objection } from '@grey/contracts';
import type { LedgerRow } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.ts';
import { CellSwitch } from '../../assignments/cell-switch.service.ts';
import { restoreLockOf } from '../../backups/restore-lock.ts';
import { type GuardContext, VersionGuards, type VersionMove } from '../../guards/version-guards.ts';
import { followRecords } from '../../holds/follow-records.ts';
import { isLockHeld } from '../../infra/db/advisory-lock.ts';
import type { Transaction } from '../../infra/db/database.ts';
import { readActiveHolds } from '../../infra/db/read-holds.ts';
import { MigrationSets } from '../../migrations/migration-sets.ts';
import { SchemaChecks } from '../../schema-checks/schema-checks.ts';
import { LiveInstances } from '../../services/live-instances.ts';
import type { UpgradeRow } from '../upgrade-row.ts';
import { Upgrades } from '../upgrades.ts';
import { type CheckRow, isAllowed, pass, refuse, warn } from './check-row.ts';
import { firstFloor } from './first-floor.ts';
import { judgeSchemaWay } from './judge-schema-way.ts';
import { unprovenBy } from './judge-soak.ts';
import { type SchemaWay, SchemaWays } from './schema-way.service.ts';
import { UpgradePartsStore } from './upgrade-parts.store.ts';

/** What a look at the tenant's database came to. */
export type Probe =
  | { readonly isReached: true; readonly ledger: readonly Pick<LedgerRow, 'name' | 'state'>[] }
  | { readonly isReached: false; readonly code: string; readonly message: string };

/** What is to be judged: an upgrade, or what would become one. */
export interface CheckRequest
  extends Pick<
      UpgradeRow,
      'kind' | 'tenantId' | 'serviceId' | 'fromVersion' | 'toVersion' | 'schemaFrom' | 'schemaTo' | 'options'
    >,
    Partial<Pick<UpgradeRow, 'notes'>> {
  /** Itself, where it is one already. */
  readonly id?: string;
  /** Sets aside what can be. With `caller` it is noted for the change that the transaction writes. */
  readonly override?: { readonly reason: string } | undefined;
  readonly caller?: Caller | undefined;
  /** undefined: nobody has looked; then what the last check of the schema came to counts. */
  readonly probe?: Probe | undefined;
}

export interface Checked {
  readonly checks: readonly CheckRow[];
  readonly isAllowed: boolean;
  /** Where the tenant's schema stands; null: it has no database. */
  readonly floor: number | null;
}

/** What speaks against upgrading a tenant now: for the plan, for the start, and for the first step. Changes nothing. */
@Injectable()
export class PreflightChecks {
  constructor(
    private readonly guards: VersionGuards,
    private readonly cells: CellSwitch,
    private readonly ways: SchemaWays,
    private readonly migrations: MigrationSets,
    private readonly drifts: SchemaChecks,
    private readonly instances: LiveInstances,
    private readonly upgrades: Upgrades,
    private readonly parts: UpgradePartsStore,
  ) {}

  /** @throws ApiError PERMISSION_DENIED for an override by who may not */
  async check(tx: Transaction, request: CheckRequest): Promise<Checked> {
    const { tenantId, serviceId, toVersion, probe } = request;
    const present = (await this.cells.read(tx, tenantId, serviceId))?.version ?? request.fromVersion;
    const known = await this.ways.read(tx, request);
    const floor = known.floor ?? (await this.#firstFloor(tx, known, present, probe));
    const way = floor === known.floor ? known : await this.ways.read(tx, { ...request, schemaFrom: floor });
    const judgements = [];
    for (const set of way.sets) judgements.push(await this.migrations.judge(tx, set));
    const checks = [
      ...(await this.#askGuards(tx, request, present)),
      await this.#checkHold(tx, request),
      ...(await this.#checkDatabase(tx, request, way)),
      ...(request.kind === 'service' ? [this.#checkInstances(serviceId, toVersion), checkSoak(request)] : []),
      ...judgeSchemaWay(request, way, present, judgements),
      ...(await this.#checkShared(tx, request)),
      await this.#checkBusy(tx, request),
    ];
    return { checks, isAllowed: isAllowed(checks), floor };
  }

  async #firstFloor(tx: Transaction, way: SchemaWay, present: string | null, probe: Probe | undefined) {
    if (way.engine === null) return null;
    const min = way.service.versions.find(({ version }) => version === present)?.schemaMin;
    const ledger = probe?.isReached === true ? probe.ledger : [];
    return firstFloor(ledger, await this.ways.all(tx, way.service.id, way.engine), min);
  }

  /** A database that is changed alone is frozen like the route; what fits together is a question of the route. */
  async #askGuards(tx: Transaction, request: CheckRequest, present: string | null): Promise<CheckRow[]> {
    const { tenantId, serviceId, toVersion, kind, override, caller } = request;
    const move: VersionMove = { tenantId, serviceId, fromVersion: present, toVersion };
    const isRoute = kind === 'service';
    const asked = isRoute || present !== toVersion ? move : { ...move, fromVersion: null };
    const found =
      caller === undefined
        ? await this.guards.check(tx, [asked], {})
        : await this.#sift(tx, asked, { caller, override });
    const rows = found
      .filter((one) => isRoute || one.code === 'FROZEN')
      .map((one) => rowOf(one, override !== undefined));
    const missing = (['compatibility', 'freeze'] as const).filter((check) => !rows.some((row) => row.check === check));
    return [...rows, ...missing.map((check) => pass(check, PASSED[check]))];
  }

  async #sift(tx: Transaction, move: VersionMove, context: GuardContext): Promise<Objection[]> {
    const { objections, overridden } = await this.guards.sift(tx, [move], context);
    return [...objections, ...overridden];
  }

  async #checkHold(tx: Transaction, { tenantId, serviceId, toVersion }: CheckRequest): Promise<CheckRow> {
    const tenant = await this.parts.findTenant(tx, tenantId);
    if (tenant === undefined) return refuse('hold', 'There is no such tenant.', null);
    const holds = await readActiveHolds(tx, serviceId);
    const landed = followRecords(holds, toVersion, tenant).at(-1);
    if (landed === toVersion) return pass('hold', `No hold leads away from ${toVersion}.`);
    return refuse('hold', `A hold answers ${toVersion} by ${landed}.`, 'Lift the hold first.');
  }

  async #checkDatabase(tx: Transaction, request: CheckRequest, { engine }: SchemaWay): Promise<CheckRow[]> {
    if (engine === null) return [pass('database', 'The tenant has no database for this service.')];
    const { tenantId, serviceId, probe } = request;
    const drift = await this.drifts.driftOf(tx, tenantId, serviceId);
    const isUnreached = probe === undefined && drift.state === 'unreachable';
    const database =
      probe?.isReached === false
        ? refuse('database', `${probe.message} (${probe.code})`, 'Test the data source.')
        : isUnreached
          ? warn(
              'database',
              drift.error ?? 'It could not be reached when it was last looked at.',
              'Test the data source.',
            )
          : pass('database', probe === undefined ? 'It was there when it was last looked at.' : 'It can be reached.');
    if (drift.state === 'drifted') {
      const { added, removed, changed, ledger } = drift;
      const what = [...added, ...removed, ...changed, ...ledger].slice(0, 3).join(', ');
      return [
        database,
        refuse(
          'drift',
          `The schema is not what its migrations made it: ${what}.`,
          'Put it right, or accept the drift.',
        ),
      ];
    }
    if (drift.state === 'unknown') return [database, warn('drift', 'Nobody has looked for drift yet.')];
    return [
      database,
      pass('drift', drift.state === 'accepted' ? 'There is drift that was accepted.' : 'No drift was found.'),
    ];
  }

  /** Who the other is, is not for everybody who may upgrade this one. */
  async #checkShared(tx: Transaction, { tenantId, serviceId, schemaTo }: CheckRequest): Promise<CheckRow[]> {
    if (schemaTo === null || !(await this.parts.isShared(tx, tenantId, serviceId))) return [];
    const detail =
      'Another tenant has its data of this service in the very same schema, and would be upgraded along with it.';
    return [refuse('migrations', detail, 'Correct the data source that leads to the schema of another.')];
  }

  #checkInstances(serviceId: string, toVersion: string): CheckRow {
    const usable = this.instances.listLive(serviceId).filter((one) => one.version === toVersion && one.isUsable);
    if (usable.length > 0) return pass('instances', `${usable.length} instance(s) of ${toVersion} can answer.`);
    return refuse('instances', `No instance of ${toVersion} can answer.`, 'Start one, or wait until it is healthy.');
  }

  async #checkBusy(tx: Transaction, { tenantId, serviceId, id }: CheckRequest): Promise<CheckRow> {
    if (await isLockHeld(tx, restoreLockOf({ tenantId, serviceId })))
      return refuse('busy', 'A backup of it is being written back.', 'Wait for the end of the restore.');
    const active = await this.upgrades.findActive(tx, tenantId, serviceId);
    if (active === undefined || active.id === id) return pass('busy', 'No other upgrade is under way.');
    return refuse(
      'busy',
      `Upgrade ${active.id} to ${active.toVersion} is under way.`,
      'Wait for its end, or abort it.',
    );
  }
}

function checkSoak({ options }: Pick<CheckRequest, 'options'>): CheckRow {
  const doubt = unprovenBy(options);
  if (doubt === undefined) return pass('soak', 'It ends when there is something to judge by.');
  return warn('soak', doubt, 'Ask for decisions by gates.minDecisions, or for a hook by gates.hookUrl.');
}

const PASSED = { compatibility: 'The versions fit together.', freeze: 'Nothing is frozen.' } as const;

function rowOf({ code, detail, mend, isOverridable }: Objection, isOverridden: boolean): CheckRow {
  const check = code === 'FROZEN' ? 'freeze' : 'compatibility';
  if (isOverridable && isOverridden) return { ...warn(check, `${detail} It is overridden.`, mend), isOverridable };
  return refuse(check, detail, mend, isOverridable);
}
