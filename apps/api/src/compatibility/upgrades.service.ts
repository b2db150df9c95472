import type { operations, Solution } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { type Caller, mayActFor } from '../access/caller.ts';
import { ChangesService } from '../changes/changes.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { TargetCheck } from '../services/check-targets.ts';
import { CompatibilityStore } from './compatibility.store.ts';
import { CompatibilityMatrix } from './compatibility-matrix.ts';
import { UpgradeGroups } from './solver/upgrade-groups.ts';
import { UpgradeSolver } from './solver/upgrade-solver.ts';

type Ops = typeof operations;
type Request = Called<Ops['solveCompatibility']>['input']['body'];
/** The event loop gets a turn so often, in milliseconds. */
const SLICE_MS = 20;

/** Plans upgrades: which steps bring tenants to target versions without a moment at which two services do not fit. */
@Injectable()
export class UpgradesService {
  constructor(
    private readonly store: CompatibilityStore,
    private readonly targets: TargetCheck,
    private readonly changes: ChangesService,
  ) {}

  /** @throws ApiError TENANT_FORBIDDEN, TENANT_UNKNOWN, SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED */
  async solve({ caller, input }: Called<Ops['solveCompatibility']>): Promise<Solution> {
    const { solver, tenantIds, versionsOf, position } = await this.store.consistentRead((tx) =>
      this.#read(tx, caller, input.body),
    );
    const groups = new UpgradeGroups();
    let turn = performance.now();
    for (const tenantId of tenantIds) {
      groups.add(tenantId, solver.solve(versionsOf(tenantId)));
      if (performance.now() - turn < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      turn = performance.now();
    }
    return { groups: groups.list(), tenantCount: tenantIds.length, position };
  }

  async #read(tx: Transaction, caller: Caller, { selection, targets }: Request) {
    const tenantIds = await this.#select(tx, caller, selection);
    await this.targets.assertTargets(
      tx,
      targets.map(({ serviceId, version }) => ({ serviceId, targetVersion: version })),
      false,
    );
    const matrix = new CompatibilityMatrix(await this.store.list(tx));
    const wanted = new Map(targets.map(({ serviceId, version }) => [serviceId, version]));
    const services = UpgradeSolver.servicesOf(matrix, wanted.keys());
    const labels = new Map(services.map((id) => [id, [] as string[]]));
    for (const { serviceId, version, isRetired } of await this.store.readLabels(tx, services))
      if (!isRetired) labels.get(serviceId)?.push(version);
    const defaults = await this.store.readDefaults(tx, services);
    const cells = new Map(
      (await this.store.readCells(tx, tenantIds, services)).map(({ tenantId, serviceIds, versions }) => [
        tenantId,
        new Map(serviceIds.map((id, at) => [id, [versions[at] ?? '']])),
      ]),
    );
    return {
      solver: new UpgradeSolver(matrix, labels, wanted),
      tenantIds,
      versionsOf: (tenantId: string) => (id: string) => cells.get(tenantId)?.get(id) ?? defaults.get(id) ?? [],
      position: await this.changes.readPosition(tx),
    };
  }

  /** Tenants that are named must be there; those of a tag, or all, are those the caller may act for. */
  async #select(tx: Transaction, caller: Caller, selection: Request['selection']): Promise<string[]> {
    if (selection.kind === 'version') return this.store.selectAssigned(tx, selection, caller.tenantIds);
    if (selection.kind !== 'tenants')
      return this.store.selectTenants(tx, selection.kind === 'tag' ? selection.tag : null, caller.tenantIds);
    const wanted = [...new Set(selection.tenantIds)];
    if (!wanted.every((id) => mayActFor(caller, id))) throw new ApiError('TENANT_FORBIDDEN');
    const known = new Set(await this.store.selectTenants(tx, null, new Set(wanted)));
    const unknown = wanted.find((id) => !known.has(id));
    if (unknown !== undefined) throw new ApiError('TENANT_UNKNOWN', { detail: `No tenant has the id ${unknown}.` });
    return wanted.sort();
  }
}
