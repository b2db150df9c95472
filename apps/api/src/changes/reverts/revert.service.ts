import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { GuardOverride, operations, RestoreCounts, RestorePlan, RestoreResult } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { assertTenant, type Caller, mayActFor } from '../../access/caller.ts';
import { CellsRestorer } from '../../assignments/cells-restorer.ts';
import { PlanTokens } from '../../assignments/plan-tokens.ts';
import { CompatibilityRestorer } from '../../compatibility/compatibility-restorer.ts';
import { DataSourceRestorer } from '../../data-sources/data-source-restorer.ts';
import { ExperimentRestorer } from '../../experiments/experiment-restorer.ts';
import { FlagsRestorer } from '../../flags/flags-restorer.ts';
import { FreezeRestorer } from '../../freezes/freeze-restorer.ts';
import { VersionGuards } from '../../guards/version-guards.ts';
import type { Transaction } from '../../infra/db/database.ts';
import { ApiError } from '../../infra/http/api-error.ts';
import { canonicalJson } from '../../infra/http/canonical-json.ts';
import type { Called } from '../../infra/http/operation.decorator.ts';
import { LaneRestorer } from '../../lanes/lane-restorer.ts';
import { MigrationPolicyRestorer } from '../../migrations/migration-policy-restorer.ts';
import { RulesRestorer } from '../../rules/rules-restorer.ts';
import { ServiceRecords } from '../../services/service-records.ts';
import { ServiceRestorer } from '../../services/service-restorer.ts';
import { VersionRestorer } from '../../services/version-restorer.ts';
import { TenantRestorer } from '../../tenants/tenant-restorer.ts';
import { positionOf } from '../change-id.ts';
import { actorOf, type ChangeRequest, ChangesService } from '../changes.service.ts';
import type { ItemDraft } from '../item-draft.ts';
import { describeDifference, differingFields } from '../past/describe-difference.ts';
import { MomentsStore } from '../past/moments.store.ts';
import { PastStore } from '../past/past.store.ts';
import { judgeWish, type Outcome, type RestoreContext, type Restorer, type Wish } from './restorer.ts';
import { RevertsStore } from './reverts.store.ts';
import { wishesOf } from './wishes.ts';

type Ops = typeof operations;
const SHOWN = 1_000;
/** As for plans of assignments: some ten seconds of one transaction. */
const ITEM_LIMIT = 200_000;

/** What shall be written back. */
interface Job {
  readonly name: string;
  readonly options: { readonly overwrite: boolean; readonly override?: GuardOverride | undefined };
  /** Names the original in the new change; undefined: nothing to name. */
  readonly note?: ItemDraft;
  find(tx: Transaction): Promise<Wish[]>;
}

/** Takes changes back, or a tenant to where it was: planned, then written as one change with all the checks of the day. */
@Injectable()
export class RevertService {
  readonly #restorers: readonly Restorer[];

  constructor(
    private readonly store: RevertsStore,
    private readonly changes: ChangesService,
    private readonly tokens: PlanTokens,
    private readonly moments: MomentsStore,
    private readonly past: PastStore,
    private readonly services: ServiceRecords,
    private readonly cells: CellsRestorer,
    private readonly guards: VersionGuards,
    tenants: TenantRestorer,
    serviceFields: ServiceRestorer,
    versions: VersionRestorer,
    lanes: LaneRestorer,
    flags: FlagsRestorer,
    rules: RulesRestorer,
    experiments: ExperimentRestorer,
    compatibility: CompatibilityRestorer,
    freezes: FreezeRestorer,
    dataSources: DataSourceRestorer,
    migrationPolicy: MigrationPolicyRestorer,
  ) {
    this.#restorers = [
      tenants,
      serviceFields,
      versions,
      lanes,
      flags,
      rules,
      experiments,
      compatibility,
      freezes,
      dataSources,
      migrationPolicy,
    ];
  }

  /** @throws ApiError CHANGE_UNKNOWN, HISTORY_TRIMMED, NOT_REVERTIBLE */
  planRevert({ caller, input }: Called<Ops['planRevert']>): Promise<RestorePlan> {
    return this.#plan(caller, this.#revertOf(input.params.changeId, input.body));
  }

  /** @throws ApiError PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE and what `planRevert` throws */
  revert({ caller, input, idempotency }: Called<Ops['revertChange']>) {
    const { planToken, reason, ...options } = input.body;
    const request = { kind: 'change.reverted', actor: actorOf(caller), reason, idempotency } as const;
    return this.#apply(caller, this.#revertOf(input.params.changeId, options), planToken, request);
  }

  /** @throws ApiError TENANT_FORBIDDEN, TENANT_UNKNOWN (neither now nor then), CHANGE_UNKNOWN, HISTORY_TRIMMED */
  async planRestoreTenant({ caller, input }: Called<Ops['planRestoreTenant']>): Promise<RestorePlan> {
    assertTenant(caller, input.params.tenantId);
    return this.#plan(caller, this.#restoreOf(input.params.tenantId, input.body));
  }

  /** @throws ApiError PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE and what `planRestoreTenant` throws */
  async restoreTenant({ caller, input, idempotency }: Called<Ops['restoreTenant']>) {
    const { planToken, reason, ...body } = input.body;
    assertTenant(caller, input.params.tenantId);
    const request = { kind: 'tenant.restored', actor: actorOf(caller), reason, idempotency } as const;
    return this.#apply(caller, this.#restoreOf(input.params.tenantId, body), planToken, request);
  }

  #revertOf(changeId: string, options: Job['options']): Job {
    const note = { entity: 'change', tenantId: null, serviceId: null, key: changeId, before: null } as const;
    return {
      name: `revert ${changeId}`,
      options,
      note: { ...note, after: { reverted: changeId } },
      find: async (tx) => {
        const change = await this.store.findChange(tx, positionOf(changeId));
        if (change === undefined) throw new ApiError('CHANGE_UNKNOWN');
        if (change.isTrimmed) throw new ApiError('HISTORY_TRIMMED');
        if (change.itemCount > ITEM_LIMIT)
          throw new ApiError('NOT_REVERTIBLE', {
            detail: `It did ${change.itemCount} things; ${ITEM_LIMIT} can be taken back at once.`,
          });
        return wishesOf(await this.store.listItems(tx, change.key));
      },
    };
  }

  #restoreOf(tenantId: string, { at, override }: { at: string; override?: GuardOverride | undefined }): Job {
    return {
      name: `restore ${tenantId} ${at}`,
      options: { overwrite: false, override },
      find: async (tx) => {
        const { position } = await this.moments.find(tx, at);
        const filter = { entities: ['tenant', 'assignment'], tenantId, tenantIds: null };
        const touched = await this.past.listTouched(tx, position, null, filter);
        if (touched.length === 0 && !(await this.store.hasTenant(tx, tenantId))) throw new ApiError('TENANT_UNKNOWN');
        const items = touched.map(({ before, after, ...one }, index) => ({ ...one, index, before, after }));
        return wishesOf(items);
      },
    };
  }

  async #plan(caller: Caller, job: Job): Promise<RestorePlan> {
    const planned = await this.store.rehearse(async (tx) => {
      const outcome = await this.#restore(tx, caller, job, '00000000-0000-4000-8000-000000000000');
      const conflicts = outcome.conflicts.slice(0, SHOWN);
      const last = await this.store.findLastChanges(tx, conflicts);
      const overridden = this.guards.overriddenIn(tx)?.objections ?? [];
      return { outcome, last, overridden, position: await this.changes.readPosition(tx) };
    });
    const { outcome, last, overridden, position } = planned;
    const { items, conflicts, refusals } = outcome;
    const { token, expiresAt } = this.tokens.sign({ ...keysOf(caller, job), digest: await digestOf(outcome) });
    return {
      planToken: token,
      expiresAt: expiresAt.toISOString(),
      position,
      counts: countsOf(outcome),
      writes: items.slice(0, SHOWN).map((item) => ({
        ...subjectOf(item),
        text: describeDifference(item, item.before, item.after),
        fields: differingFields(item.before, item.after),
        isNew: item.before === null,
        isGone: item.after === null,
      })),
      conflicts: conflicts.slice(0, SHOWN).map((one) => ({
        ...subjectOf(one),
        text: describeDifference(one, one.expected, one.now),
        changeId: last.get(`${one.entity} ${one.key}`) ?? null,
      })),
      refusals: refusals.slice(0, SHOWN).map((one) => ({
        ...subjectOf(one),
        code: one.code,
        message: one.message,
        ...(one.isOverridable === undefined ? {} : { isOverridable: one.isOverridable }),
      })),
      overridden: overridden.slice(0, SHOWN),
      isTruncated: Math.max(items.length, conflicts.length, refusals.length) > SHOWN,
    };
  }

  #apply(caller: Caller, job: Job, planToken: string, request: ChangeRequest) {
    return this.changes.commit<RestoreResult>(request, async (tx, changeKey) => {
      const digest = this.tokens.verify(planToken, keysOf(caller, job));
      const outcome = await this.#restore(tx, caller, job, changeKey);
      if ((await digestOf(outcome)) !== digest) throw stale(outcome);
      const services = [];
      for (const id of [...new Set(outcome.serviceIds)].sort()) services.push(await this.services.read(tx, id));
      const { items } = outcome;
      return {
        items: items.length === 0 || job.note === undefined ? items : [job.note, ...items],
        services,
        answer: ({ changeId, position }) => ({ changeId, position, counts: countsOf(outcome) }),
      };
    });
  }

  async #restore(tx: Transaction, caller: Caller, job: Job, changeKey: string): Promise<Outcome> {
    const wishes = await job.find(tx);
    const outcome: Outcome = { items: [], serviceIds: [], conflicts: [], refusals: [], noopCount: 0 };
    const { overwrite, override } = job.options;
    const context = { caller, changeKey, override, isOverwriting: overwrite };
    const cells = wishes.filter(({ entity }) => entity === 'assignment');
    for (const wish of wishes)
      if (wish.entity !== 'assignment' && !isLast(wish)) await this.#restoreOne(tx, wish, context, outcome);
    if (cells.length > 0) await this.cells.restore(tx, cells, context, outcome);
    for (const wish of wishes) if (isLast(wish)) await this.#restoreOne(tx, wish, context, outcome);
    return outcome;
  }

  async #restoreOne(tx: Transaction, wish: Wish, context: RestoreContext, outcome: Outcome): Promise<void> {
    const restorer = this.#restorers.find((one) => one.isFor(wish));
    if (restorer === undefined) {
      outcome.refusals.push({ ...wish, code: 'NOT_REVERTIBLE', message: whyNot(wish) });
      return;
    }
    if (wish.tenantId !== null && !mayActFor(context.caller, wish.tenantId)) {
      outcome.refusals.push({ ...wish, code: 'TENANT_FORBIDDEN', message: 'The caller may not act for this tenant.' });
      return;
    }
    try {
      const now = await restorer.lock(tx, wish);
      const verdict = judgeWish(wish, now, context.isOverwriting);
      if (verdict.kind === 'noop') outcome.noopCount += 1;
      else if (verdict.kind === 'conflict') outcome.conflicts.push({ ...wish, now });
      else {
        for (const item of await restorer.write(tx, wish, now, verdict.to, context)) outcome.items.push(item);
        if (wish.serviceId !== null) outcome.serviceIds.push(wish.serviceId);
      }
    } catch (error) {
      // What may not be is thrown before anything of it is written.
      if (!(error instanceof ApiError) || error.code === 'DATABASE_UNAVAILABLE') throw error;
      const { detail = error.message, objections } = error.extra;
      outcome.refusals.push({
        ...wish,
        code: error.code,
        message: detail,
        ...(objections === undefined ? {} : { isOverridable: objections.every((one) => one.isOverridable) }),
      });
    }
  }
}

/** What must be out of use before: tenants that go, versions that are retired. */
function isLast({ entity, wanted }: Wish): boolean {
  return (entity === 'tenant' && wanted === null) || (entity === 'version' && wanted?.['status'] === 'retired');
}

/** Not what was planned. What is refused now may be why: it is named. */
function stale({ refusals }: Outcome): ApiError {
  const [first] = refusals.filter(({ isOverridable }) => isOverridable !== undefined);
  const detail = `Guards object to what was, or would be, written: ${first?.key}: ${first?.message}`;
  return new ApiError('PLAN_STALE', first === undefined ? {} : { detail });
}

function whyNot({ entity }: Wish): string {
  if (entity === 'hold') return 'A hold stays until it is lifted with a reason: lift it, which is planned too.';
  if (entity === 'user' || entity === 'api_key')
    return 'Users and keys are not taken back from the log: their secrets are not in it.';
  if (entity === 'migration_set')
    return 'Migrations are not taken back from the log: their SQL is not in it. Put the files of the version again.';
  if (entity === 'upgrade' || entity === 'upgrade_batch')
    return 'An upgrade is not taken back from the log, which cannot reach the database of a tenant: abort it, or roll its batch back.';
  if (entity === 'tenant_schema' || entity === 'schema_drift')
    return 'What a schema is lies in the database of the tenant: upgrade it, restore a backup, or look at it again.';
  if (entity === 'backup') return 'A restore is not taken back from the log: what it overwrote is gone.';
  if (entity === 'router') return 'Nobody waits for a router that was vouched for until it reports again.';
  return `What happened to ${entity.replace('_', ' ')}s is taken back where they are kept.`;
}

function subjectOf({ entity, tenantId, serviceId, key }: ItemDraft | Wish) {
  return { entity, tenantId, serviceId, key };
}

function keysOf(caller: Caller, { name, options }: Job) {
  return {
    callerId: `${caller.kind}:${caller.id}`,
    requestHash: createHash('sha256')
      .update(canonicalJson([name, options]))
      .digest('base64url'),
  };
}

function countsOf({ items, conflicts, refusals, noopCount }: Outcome): RestoreCounts {
  return {
    writeCount: items.length,
    conflictCount: conflicts.length,
    refusedCount: refusals.length,
    noopCount,
    tenantCount: new Set(items.flatMap(({ tenantId }) => tenantId ?? [])).size,
  };
}

/** What a plan stands and falls with: everything that would be written, from what to what, and all that would not. */
async function digestOf({ items, conflicts, refusals }: Outcome): Promise<string> {
  const lines: string[] = [];
  const add = async (some: readonly unknown[][]) => {
    for (const one of some) {
      // Lets others have the process: a change may have done a hundred thousand things.
      if (lines.length % 5_000 === 4_999) await setImmediate();
      lines.push(canonicalJson(one));
    }
  };
  await add(items.map(({ entity, key, before, after }) => ['write', entity, key, before, after]));
  await add(conflicts.map(({ entity, key, now }) => ['conflict', entity, key, now]));
  await add(refusals.map(({ entity, key, code }) => ['refusal', entity, key, code]));
  const hash = createHash('sha256');
  for (const line of lines.sort()) hash.update(`${line}\n`);
  return hash.digest('base64url');
}
