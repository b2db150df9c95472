import type { BatchPlan, Objection, operations } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import { hashPlanRequest } from '../assignments/plan-cells.ts';
import { PlanTokens } from '../assignments/plan-tokens.ts';
import { type GuardContext, VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { readActiveHolds } from '../infra/db/read-holds.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { TargetCheck } from '../services/check-targets.ts';
import { LiveInstances } from '../services/live-instances.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { BatchMembersStore, type TenantOfBatch } from './batch-members.store.ts';
import { type LeftOut, leaveOut } from './leave-out.ts';
import type { PlanInput } from './plan-input.ts';
import { candidateOf, countBy, digestOf, landingOf, movesTo, waveOf } from './planned-waves.ts';
import { SchemaJudges } from './schema-judges.service.ts';
import { type Candidate, selectWaves } from './select-waves.ts';
import { UpgradeBatchesStore, type WaveDraft } from './upgrade-batches.store.ts';

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
    private readonly members: BatchMembersStore,
    private readonly targets: TargetCheck,
    private readonly services: ServiceRecords,
    private readonly guards: VersionGuards,
    private readonly judges: SchemaJudges,
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
    const tenants = await this.members.listTenants(tx, serviceId, only);
    const asked = scope.kind === 'tenants' ? scope.tenantIds : [];
    const service = await this.services.read(tx, serviceId);
    const holds = await readActiveHolds(tx, serviceId);
    const judge = await this.judges.judge(tx, input, service, tenants);
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
    const versions = new Map(fit.map(({ tenantId, version }) => [tenantId, version]));
    return {
      waves: waves.map((members, at) => waveOf(input, at, members, versions)),
      members: waves,
      leftOut: [...sorted.leftOut, ...objected, ...unwanted],
      objections: [...sifted.objections, ...sifted.overridden],
      digest: digestOf(waves, new Map(fit.map((one) => [one.tenantId, one]))),
    };
  }

  /** Of an upgrade of the schema alone only a freeze is asked. */
  async #sift(tx: Transaction, input: PlanInput, candidates: readonly TenantOfBatch[], context: GuardContext) {
    const moves = movesTo(input, candidates);
    if (input.kind === 'service') return this.guards.sift(tx, moves, context);
    const found = (await this.guards.check(tx, moves, context)).filter(({ code }) => code === 'FROZEN');
    return context.override === undefined
      ? { objections: found, overridden: [] }
      : { objections: [], overridden: found };
  }
}

function claimsOf(caller: Caller, input: PlanInput) {
  return {
    callerId: `${caller.kind}:${caller.id}`,
    requestHash: hashPlanRequest(input as unknown as Parameters<typeof hashPlanRequest>[0]),
  };
}
