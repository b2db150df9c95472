import type { operations, Version } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { changedFields } from '../infra/changed-fields.ts';
import type { Transaction } from '../infra/db/database.ts';
import { isDuplicate } from '../infra/db/database-errors.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertMatch } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { LiveInstances } from './live-instances.ts';
import { serviceState, versionState, versionView } from './service-view.ts';
import { type CountedService, ServicesStore } from './services.store.ts';
import { describeReferences, findReferences } from './version-references.ts';
import { type CountedVersion, VersionsStore } from './versions.store.ts';

type Ops = typeof operations;
const INSTANCES_SHOWN = 100;

@Injectable()
export class VersionsService {
  constructor(
    private readonly store: VersionsStore,
    private readonly services: ServicesStore,
    private readonly changes: ChangesService,
    private readonly instances: LiveInstances,
  ) {}

  /** Newest first. @throws ApiError SERVICE_UNKNOWN */
  async list({ input }: Called<Ops['listVersions']>): Promise<{ items: Version[] }> {
    const rows = await this.store.list(input.params.serviceId);
    if (rows === undefined) throw new ApiError('SERVICE_UNKNOWN');
    return { items: rows.map((row) => this.#view(row)) };
  }

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN */
  async get({ input }: Called<Ops['getVersion']>): Promise<Version> {
    const { serviceId, version } = input.params;
    const row = await this.store.read(serviceId, version);
    if (row !== undefined) return this.#view(row);
    throw new ApiError((await this.services.find(serviceId)) === undefined ? 'SERVICE_UNKNOWN' : 'VERSION_UNKNOWN');
  }

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_EXISTS when the label or the ordinal is taken */
  async create({ caller, input, idempotency }: Called<Ops['createVersion']>) {
    const { serviceId } = input.params;
    const { reason, ordinal: wanted, ...fields } = input.body;
    const request = { kind: 'version.created', actor: actorOf(caller), reason, idempotency } as const;
    try {
      return await this.changes.commit(request, async (tx) => {
        await this.#lockService(tx, serviceId);
        const ordinal = wanted ?? (await this.store.highestOrdinal(tx, serviceId)) + 1;
        const row = await this.store.insert(tx, { serviceId, ordinal, ...fields });
        return {
          items: [itemOf(row, null)],
          services: [await this.services.readRecord(tx, serviceId)],
          answer: () => this.#view(row),
        };
      });
    } catch (error) {
      if (isDuplicate(error)) throw new ApiError('VERSION_EXISTS');
      throw error;
    }
  }

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_REFERENCED, PRECONDITION_FAILED, VALIDATION_FAILED */
  update({ caller, input, ifMatch }: Called<Ops['updateVersion']>) {
    const { serviceId, version } = input.params;
    const { reason, ...wanted } = input.body;
    return this.changes.commit({ kind: 'version.updated', actor: actorOf(caller), reason }, async (tx) => {
      const service = await this.#lockService(tx, serviceId);
      const row = await this.store.lock(tx, serviceId, version);
      if (row === undefined) throw new ApiError('VERSION_UNKNOWN');
      assertMatch(ifMatch, this.#view(row));
      const before = versionState(row);
      const fields = changedFields(before, wanted);
      if (fields === undefined) return { items: [], answer: () => this.#view(row) };
      assertRange({ ...before, ...fields });
      if (fields.status === 'retired') await this.#assertUnused(tx, service, version);
      const updated = await this.store.update(tx, serviceId, version, fields);
      return {
        items: [itemOf(updated, before)],
        services: [await this.services.readRecord(tx, serviceId)],
        answer: () => this.#view(updated),
      };
    });
  }

  async #lockService(tx: Transaction, serviceId: string): Promise<CountedService> {
    const service = await this.services.lock(tx, serviceId);
    if (service === undefined) throw new ApiError('SERVICE_UNKNOWN');
    return service;
  }

  /** Live instances are listed with the rest, but do not keep a version: they are not configuration. */
  async #assertUnused(tx: Transaction, service: CountedService, version: string): Promise<void> {
    const assigned = await this.store.findAssigned(tx, service.id, version);
    const share = serviceState(service).defaultVersions.find((one) => one.version === version);
    const routing = findReferences(service.id, version, await this.store.findRouting(tx, service.id));
    if (assigned.count === 0 && share === undefined && routing.length === 0) return;
    const live = this.instances.listLive(service.id).filter((one) => one.version === version);
    throw new ApiError('VERSION_REFERENCED', {
      detail: `${service.id} ${version} is assigned to ${assigned.count} tenant(s)${share ? ' and part of the default' : ''}${describeReferences(routing)}; ${live.length} instance(s) run it.`,
      references: [
        ...(share ? [{ kind: 'default', serviceId: service.id, weight: share.weight }] : []),
        ...routing,
        ...assigned.tenantIds.map((tenantId) => ({ kind: 'assignment', tenantId, serviceId: service.id })),
        ...live.slice(0, INSTANCES_SHOWN).map(({ instanceId, address }) => ({ kind: 'instance', instanceId, address })),
        {
          kind: 'counts',
          assignments: assigned.count,
          defaults: share ? 1 : 0,
          routing: routing.length,
          instances: live.length,
        },
      ],
    });
  }

  #view(row: CountedVersion): Version {
    const live = this.instances.listLive(row.serviceId);
    return versionView(row, live.filter((one) => one.version === row.version).length);
  }
}

/** The contract checks a range that is sent whole; here one end may come from what is stored. */
function assertRange({ schemaMin, schemaMax }: { schemaMin: number | null; schemaMax: number | null }): void {
  if (schemaMin !== null && schemaMax !== null && schemaMin > schemaMax)
    throw new ApiError('VALIDATION_FAILED', {
      errors: [{ path: 'body.schemaMin', message: 'schemaMin is above schemaMax' }],
    });
}

function itemOf(row: CountedVersion, before: ItemDraft['before']): ItemDraft {
  const { serviceId, version } = row;
  return {
    entity: 'version',
    tenantId: null,
    serviceId,
    key: `${serviceId}/${version}`,
    before,
    after: versionState(row),
  };
}
