import type { Compatibility, operations } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { changedFields } from '../infra/changed-fields.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertMatch, etagOf } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { type CompatibilityRow, CompatibilityStore } from './compatibility.store.ts';
import {
  type CompatibilityFile,
  readCompatibilityFile,
  type ServiceCompatibility,
  writeCompatibilityFile,
} from './compatibility-file.ts';
import { findFaults } from './find-faults.ts';

type Ops = typeof operations;
const FAULTS_SHOWN = 50;
/** Faults of a body that says it of one service. */
const inBody: Pick<CompatibilityFile, 'locate'> = {
  locate: (_, { path, message }) => ({ path: `body.versions${path}`, message }),
};

/** What is said of versions that fit each other. It refuses changes from now on; what tenants have already stays. */
@Injectable()
export class CompatibilityService {
  constructor(
    private readonly store: CompatibilityStore,
    private readonly services: ServiceRecords,
    private readonly changes: ChangesService,
  ) {}

  list(): Promise<{ items: Compatibility[] }> {
    return this.store.consistentRead(async (tx) => ({
      items: (await this.store.list(tx)).map((row) => viewOf(row.serviceId, row)),
    }));
  }

  /** @throws ApiError SERVICE_UNKNOWN */
  get({ input }: Called<Ops['getCompatibility']>): Promise<Compatibility> {
    const { serviceId } = input.params;
    return this.store.consistentRead(async (tx) => {
      await this.services.assertKnown(tx, serviceId);
      return viewOf(serviceId, await this.store.find(tx, serviceId));
    });
  }

  /** Replaces all that is said of a service. @throws ApiError SERVICE_UNKNOWN, VALIDATION_FAILED, PRECONDITION_FAILED */
  put({ caller, input, ifMatch }: Called<Ops['putCompatibility']>) {
    const { serviceId } = input.params;
    const { versions, reason } = input.body;
    return this.changes.commit({ kind: 'compatibility.put', actor: actorOf(caller), reason }, async (tx) => {
      await this.services.lock(tx, serviceId);
      const before = await this.store.find(tx, serviceId);
      assertMatch(ifMatch, viewOf(serviceId, before));
      await this.#assertSound(tx, [{ serviceId, versions }], inBody);
      const row = await this.#write(tx, { serviceId, versions }, before);
      const items = row === undefined ? [] : [itemOf(serviceId, before, row)];
      return { items, answer: () => viewOf(serviceId, row ?? before) };
    });
  }

  async export(): Promise<{ content: string }> {
    return { content: writeCompatibilityFile((await this.list()).items) };
  }

  /** Replaces what is said of the services in the file, all or none. @throws ApiError VALIDATION_FAILED */
  import({ caller, input }: Called<Ops['importCompatibility']>) {
    const { content, reason, isCheckOnly = false } = input.body;
    const file = readCompatibilityFile(content);
    if (isCheckOnly) return this.store.consistentRead((tx) => this.#check(tx, file));
    const services = [...file.services].sort((a, b) => (a.serviceId < b.serviceId ? -1 : 1));
    return this.changes.commit({ kind: 'compatibility.put', actor: actorOf(caller), reason }, async (tx) => {
      await this.#assertSound(tx, file.services, file);
      const items: ItemDraft[] = [];
      const views: Compatibility[] = [];
      for (const service of services) {
        await this.services.lock(tx, service.serviceId);
        const before = await this.store.find(tx, service.serviceId);
        const row = await this.#write(tx, service, before);
        if (row !== undefined) items.push(itemOf(service.serviceId, before, row));
        views.push(viewOf(service.serviceId, row ?? before));
      }
      return { items, answer: () => ({ items: views }) };
    });
  }

  /** @returns undefined: it is so already */
  async #write(
    tx: Transaction,
    { serviceId, versions }: ServiceCompatibility,
    before: CompatibilityRow | undefined,
  ): Promise<CompatibilityRow | undefined> {
    const isSame = changedFields({ versions: before?.versions ?? [] }, { versions }) === undefined;
    return isSame ? undefined : this.store.put(tx, serviceId, versions);
  }

  /** What would be said if the file were taken. @throws ApiError VALIDATION_FAILED */
  async #check(tx: Transaction, file: CompatibilityFile): Promise<{ items: Compatibility[] }> {
    await this.#assertSound(tx, file.services, file);
    const items: Compatibility[] = [];
    for (const { serviceId, versions } of file.services)
      items.push({ ...viewOf(serviceId, await this.store.find(tx, serviceId)), versions: [...versions] });
    return { items };
  }

  /** @throws ApiError VALIDATION_FAILED */
  async #assertSound(
    tx: Transaction,
    services: readonly ServiceCompatibility[],
    { locate }: Pick<CompatibilityFile, 'locate'>,
  ): Promise<void> {
    const named = services.flatMap(({ serviceId, versions }) => [
      serviceId,
      ...versions.flatMap(({ requires }) => requires.map((one) => one.serviceId)),
    ]);
    const known = await this.store.readKnown(tx, [...new Set(named)]);
    const faults = services.flatMap(({ serviceId, versions }) => {
      const found = known.has(serviceId)
        ? findFaults(serviceId, versions, known, '')
        : [{ path: '', message: `no service has the id ${serviceId}` }];
      return found.map((fault) => locate(serviceId, fault));
    });
    const [first] = faults;
    if (first === undefined) return;
    throw new ApiError('VALIDATION_FAILED', {
      detail: `${first.path}: ${first.message}`,
      errors: faults.slice(0, FAULTS_SHOWN),
    });
  }
}

function viewOf(serviceId: string, row: CompatibilityRow | undefined): Compatibility {
  return {
    serviceId,
    versions: [...(row?.versions ?? [])],
    updatedAt: row?.updatedAt.toISOString() ?? null,
    etag: etagOf(row?.stamp ?? 0),
  };
}

function itemOf(serviceId: string, before: CompatibilityRow | undefined, after: CompatibilityRow): ItemDraft {
  return {
    entity: 'compatibility',
    tenantId: null,
    serviceId,
    key: serviceId,
    before: before === undefined ? null : { versions: before.versions },
    after: { versions: after.versions },
  };
}
