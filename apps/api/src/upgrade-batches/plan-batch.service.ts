import { createHash } from 'node:crypto';
import type { BatchPlan, Objection, operations } from '@grey/contracts';
import type { HoldRecord, ServiceRecord } from '@grey/route-core';
import type { Engine, MigrationSet, SetJudgement } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import { hashPlanRequest } from '../assignments/plan-cells.ts';
import { PlanTokens } from '../assignments/plan-tokens.ts';
import { type GuardContext, VersionGuards, type VersionMove } from '../guards/version-guards.ts';
import { followRecords } from '../holds/follow-records.ts';
import type { Transaction } from '../infra/db/database.ts';
import { readActiveHolds } from '../infra/db/read-holds.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { MigrationSets } from '../migrations/migration-sets.ts';
import { TargetCheck } from '../services/check-targets.ts';
import { LiveInstances } from '../services/live-instances.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { judgeSchemaWay } from '../upgrades/steps/judge-schema-way.ts';
import type { SchemaWay } from '../upgrades/steps/schema-way.service.ts';
import { targetSchema } from '../upgrades/target-schema.ts';
import { failuresAllowed } from './failure-budget.ts';
import { type Judged, type LeftOut, leaveOut } from './leave-out.ts';
import { type Candidate, selectWaves } from './select-waves.ts';
import { type TenantOfBatch, UpgradeBatchesStore, type WaveDraft } from './upgrade-batches.store.ts';

type PlanInput = Called<(typeof operations)['planUpgradeBatch']>['input']['body'];

const SHOWN = 1_000;
const SHOWN_OBJECTIONS = 100;
const SAMPLE = 20;

/** What a request for a batch comes to as things are now. */
export interface BatchSelection {
  readonly waves: readonly WaveDraft[];
  readonly members: readonly (readonly Candidate[])[];
  readonly leftOut: readonly LeftOut[];
  readonly objections: readonly Objection[];
  /** What the plan stands and falls with: who is in which wave, from where. */
  readonly digest: string;
}

/** Decides who is upgraded in which wave, and who is left out and why. */
@Injectable()
export class PlanBatchService {
  constructor(
    private readonly store: UpgradeBatchesStore,
    private readonly targets: TargetCheck,
    private readonly services: ServiceRecords,
    private readonly guards: VersionGuards,
    private readonly sets: MigrationSets,
    private readonly instances: LiveInstances,
    private readonly tokens: PlanTokens,
  ) {}

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, PERMISSION_DENIED for an override */
  async plan({ caller, input }: Called<(typeof operations)['planUpgradeBatch']>): Promise<BatchPlan> {
    const selection = await this.store.consistentRead((tx) => this.select(tx, caller, input.body, false));
    const { waves, members, leftOut, objections, digest } = selection;
    const { token, expiresAt } = this.tokens.sign({ ...claimsOf(caller, input.body), digest });
    return {
      planToken: token,
      expiresAt: expiresAt.toISOString(),
      tenantCount: waves.reduce((sum, { tenantIds }) => sum + tenantIds.length, 0),
      waves: waves.map(({ number, name, tenantIds }, at) => ({
        number,
        name,
        tenantCount: tenantIds.length,
        byTier: countBy(members[at] ?? [], ({ tier }) => tier),
        byRegion: countBy(members[at] ?? [], ({ region }) => region),
        sample: tenantIds.slice(0, SAMPLE),
      })),
      leftOut: leftOut.slice(0, SHOWN),
      leftOutCount: leftOut.length,
      objections: objections.slice(0, SHOWN_OBJECTIONS),
      objectionCount: objections.length,
    };
  }

  /** @returns the digest that a token vouches for @throws ApiError PLAN_TOKEN_INVALID, PLAN_EXPIRED */
  verify(planToken: string, caller: Caller, input: PlanInput): string {
    return this.tokens.verify(planToken, claimsOf(caller, input));
  }

  /** @param isHeld what it rests on is to stay so until the transaction ends */
  async select(tx: Transaction, caller: Caller, input: PlanInput, isHeld: boolean): Promise<BatchSelection> {
    const { serviceId, toVersion, fromVersion, scope, override } = input;
    const labels = [toVersion, ...(fromVersion === undefined ? [] : [fromVersion])];
    await this.services.assertKnown(tx, serviceId);
    await this.targets.assertTargets(
      tx,
      labels.map((targetVersion) => ({ serviceId, targetVersion })),
      isHeld,
    );
    const only =
      scope.kind === 'tenants' ? { tenantIds: scope.tenantIds } : scope.kind === 'tag' ? { tag: scope.tag } : {};
    const tenants = await this.store.listTenants(tx, serviceId, only);
    const asked = scope.kind === 'tenants' ? scope.tenantIds : [];
    const service = await this.services.read(tx, serviceId);
    const holds = await readActiveHolds(tx, serviceId);
    const judge = await this.#judgeWays(tx, input, service, tenants);
    const hasInstance = this.instances.listLive(serviceId).some((one) => one.version === toVersion && one.isUsable);
    const sorted = leaveOut(tenants, asked, {
      input,
      landsOn: (tenant) => landingOf(holds, toVersion, tenant),
      schemaOf: judge,
      hasInstance: hasInstance || override !== undefined,
    });
    const sifted = await this.#sift(tx, input, sorted.candidates, { caller, override, isHeld });
    const refused = new Map(sifted.objections.map((one) => [one.tenantId, one]));
    const objected = [...refused.values()].flatMap(({ tenantId, code, detail }) =>
      tenantId === null ? [] : [{ tenantId, code, message: detail }],
    );
    const fit = sorted.candidates.filter(({ tenantId }) => !refused.has(tenantId));
    const salt = `${serviceId}/${toVersion}`;
    const { waves, rest } = selectWaves(fit.map(candidateOf), input.waves, input.order, salt);
    const unwanted = rest.map(({ tenantId }) => ({
      tenantId,
      code: 'IN_NO_WAVE',
      message: 'No wave takes this tenant.',
    }));
    return {
      waves: waves.map((members, at) => waveOf(input, at, members)),
      members: waves,
      leftOut: [...sorted.leftOut, ...objected, ...unwanted],
      objections: [...sifted.objections, ...sifted.overridden],
      digest: digestOf(waves, new Map(fit.map((one) => [one.tenantId, one]))),
    };
  }

  /** Of an upgrade of the schema alone only a freeze is asked. */
  async #sift(tx: Transaction, input: PlanInput, candidates: readonly TenantOfBatch[], context: GuardContext) {
    const { serviceId, toVersion, kind } = input;
    const moves = candidates.map(({ tenantId, version }): VersionMove => {
      const fromVersion = kind === 'schema' && version === toVersion ? null : version;
      return { tenantId, serviceId, fromVersion, toVersion };
    });
    if (kind === 'service') return this.guards.sift(tx, moves, context);
    const found = (await this.guards.check(tx, moves, context)).filter(({ code }) => code === 'FROZEN');
    return context.override === undefined
      ? { objections: found, overridden: [] }
      : { objections: [], overridden: found };
  }

  /** The same for all whose schema stands alike: of ten thousand tenants there are a handful of cases. */
  async #judgeWays(tx: Transaction, input: PlanInput, service: ServiceRecord, tenants: readonly TenantOfBatch[]) {
    const { serviceId, toVersion, kind, options } = input;
    const target = service.versions.find(({ version }) => version === toVersion);
    const known = new Map<string, Judged>();
    const own = new Map<Engine, MigrationSet | null>();
    for (const engine of new Set(tenants.flatMap((one) => one.engine ?? [])))
      own.set(engine, await this.sets.find(tx, serviceId, toVersion, engine));
    let anySet: MigrationSet | null = null;
    for (const engine of ['postgres', 'mysql'] as const)
      anySet ??= own.get(engine) ?? (await this.sets.find(tx, serviceId, toVersion, engine));
    for (const tenant of tenants) {
      const key = wayKey(tenant);
      if (known.has(key)) continue;
      const { engine, version } = tenant;
      const present = service.versions.find((one) => one.version === version);
      const floor = tenant.schemaVersion ?? present?.schemaMin ?? 0;
      const schemaTo =
        engine === null
          ? (anySet?.schemaVersion ?? null)
          : targetSchema(own.get(engine)?.schemaVersion ?? null, target?.schemaMin ?? null, tenant.expandedTo ?? floor);
      const sets =
        engine === null || schemaTo === null ? [] : await this.sets.between(tx, serviceId, engine, floor, schemaTo);
      const judgements: SetJudgement[] = [];
      for (const set of sets) judgements.push(await this.sets.judge(tx, set));
      const way: SchemaWay = {
        engine,
        cell: cellOf(tenant, serviceId),
        service,
        target,
        own: engine === null ? null : (own.get(engine)?.schemaVersion ?? null),
        floor,
        sets,
        contracted: sets.flatMap((set) =>
          set.migrations.filter(({ phase }) => phase === 'contract').map(({ name }) => name),
        ),
      };
      const rows = judgeSchemaWay({ kind, toVersion, schemaTo, options }, way, version, judgements);
      const serves = options.contract === 'ask' && way.contracted.length > 0 ? tenant.schemaVersion : tenant.expandedTo;
      known.set(key, {
        refusal: rows.find(({ verdict }) => verdict === 'refuse')?.detail ?? null,
        isThere: schemaTo !== null && serves !== null && serves >= schemaTo,
      });
    }
    return (tenant: TenantOfBatch) => known.get(wayKey(tenant)) ?? NOTHING_KNOWN;
  }
}

const NOTHING_KNOWN: Judged = { refusal: null, isThere: false };

function wayKey({ engine, version, schemaVersion, expandedTo }: TenantOfBatch): string {
  return JSON.stringify([engine, version, schemaVersion, expandedTo]);
}

function cellOf({ tenantId, schemaVersion, expandedTo }: TenantOfBatch, serviceId: string): SchemaWay['cell'] {
  if (schemaVersion === null || expandedTo === null) return null;
  return { tenantId, serviceId, schemaVersion, expandedTo, isMigrating: false };
}

function landingOf(holds: readonly HoldRecord[], toVersion: string, { tenantId, tags }: TenantOfBatch): string {
  if (holds.length === 0) return toVersion;
  return followRecords(holds, toVersion, { id: tenantId, tags }).at(-1) ?? toVersion;
}

function candidateOf({ tenantId, tier, region, tags, ring, byteCount }: TenantOfBatch): Candidate {
  return { tenantId, tier, region, tags, ring, byteCount };
}

function waveOf(input: PlanInput, at: number, members: readonly Candidate[]): WaveDraft {
  const { name, select, soakSeconds } = input.waves[at] as PlanInput['waves'][number];
  return {
    number: at + 1,
    name: name ?? nameOf(select),
    tenantIds: members.map(({ tenantId }) => tenantId),
    failureBudget: failuresAllowed(input.failureBudget, members.length),
    soakSeconds,
  };
}

function nameOf(select: PlanInput['waves'][number]['select']): string {
  switch (select.kind) {
    case 'tenants':
      return 'tenants';
    case 'tag':
      return `tag ${select.tag}`;
    case 'ring':
      return `ring ${select.ring}`;
    case 'percent':
      return `${select.percent} %`;
    case 'rest':
      return 'rest';
  }
}

function countBy(members: readonly Candidate[], of: (one: Candidate) => string | null): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of members) {
    const key = of(one) ?? '–';
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function digestOf(waves: readonly (readonly Candidate[])[], tenants: ReadonlyMap<string, TenantOfBatch>): string {
  const hash = createHash('sha256');
  for (const [at, members] of waves.entries())
    for (const { tenantId } of members) {
      const { version, schemaVersion, expandedTo } = tenants.get(tenantId) as TenantOfBatch;
      hash.update(`${at} ${tenantId} ${version} ${schemaVersion} ${expandedTo}\n`);
    }
  return hash.digest('base64url');
}

function claimsOf(caller: Caller, input: PlanInput) {
  return {
    callerId: `${caller.kind}:${caller.id}`,
    requestHash: hashPlanRequest(input as unknown as Parameters<typeof hashPlanRequest>[0]),
  };
}
