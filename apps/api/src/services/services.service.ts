import type { operations, Service } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import { changedFields } from '../infra/changed-fields.ts';
import type { Transaction } from '../infra/db/database.ts';
import { isDuplicate } from '../infra/db/database-errors.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import { assertMatch } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { assignDefaults, ownedDefaultsOf } from './assign-defaults.ts';
import { LiveInstances } from './live-instances.ts';
import { movesOfDefault, movesOfFallback } from './moves-of-default.ts';
import { serviceState, serviceView } from './service-view.ts';
import { type CountedService, type ServiceFields, ServicesStore } from './services.store.ts';
import { VersionsStore } from './versions.store.ts';

type Ops = typeof operations;

@Injectable()
export class ServicesService {
  constructor(
    private readonly store: ServicesStore,
    private readonly versions: VersionsStore,
    private readonly changes: ChangesService,
    private readonly instances: LiveInstances,
    private readonly guards: VersionGuards,
  ) {}

  /** @throws ApiError CURSOR_INVALID */
  async list({ input }: Called<Ops['listServices']>) {
    const { limit, cursor, search } = input.query;
    const scope = ['services', search ?? null];
    const [after = ''] = readCursor(scope, cursor, ['text']) ?? [];
    const rows = await this.store.list(search, String(after), limit + 1);
    return pageOfRows(
      rows,
      limit,
      scope,
      (row) => [row.id],
      (row) => this.#view(row),
    );
  }

  /** @throws ApiError SERVICE_UNKNOWN */
  async get({ input }: Called<Ops['getService']>): Promise<Service> {
    const row = await this.store.find(input.params.serviceId);
    if (row === undefined) throw new ApiError('SERVICE_UNKNOWN');
    return this.#view(row);
  }

  /** @throws ApiError SERVICE_EXISTS */
  async create({ caller, input, idempotency }: Called<Ops['createService']>) {
    const { reason, name = input.body.id, ...fields } = input.body;
    const request = { kind: 'service.created', actor: actorOf(caller), reason, idempotency } as const;
    try {
      return await this.changes.commit(request, async (tx) => {
        const row = await this.store.insert(tx, { name, ...fields });
        return {
          items: [itemOfService(row.id, null, serviceState(row))],
          services: [await this.store.readRecord(tx, row.id)],
          answer: () => this.#view(row),
        };
      });
    } catch (error) {
      if (isDuplicate(error)) throw new ApiError('SERVICE_EXISTS');
      throw error;
    }
  }

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, MOVE_REFUSED, PRECONDITION_FAILED */
  update({ caller, input, ifMatch }: Called<Ops['updateService']>) {
    const { serviceId } = input.params;
    const { reason, override, ...wanted } = input.body;
    return this.changes.commit({ kind: 'service.updated', actor: actorOf(caller), reason }, async (tx) => {
      const row = await this.store.lock(tx, serviceId);
      if (row === undefined) throw new ApiError('SERVICE_UNKNOWN');
      assertMatch(ifMatch, this.#view(row));
      const before = serviceState(row);
      const fields = changedFields(before, wanted);
      if (fields === undefined) return { items: [], answer: () => this.#view(row) };
      assertFallback({ ...before, ...fields });
      await this.#assertVersions(tx, serviceId, fields);
      const context = { caller, override, isHeld: true };
      const moves = [...movesOfDefault(serviceId, before, fields), ...movesOfFallback(serviceId, before, fields)];
      await this.guards.assertAllowed(tx, moves, context);
      const { defaultVersions, ...rest } = fields;
      const owned = defaultVersions && { defaultVersions: assignDefaults(ownedDefaultsOf(row), defaultVersions) };
      const updated = await this.store.update(tx, serviceId, { ...rest, ...owned });
      return {
        items: [itemOfService(serviceId, before, serviceState(updated))],
        services: [await this.store.readRecord(tx, serviceId)],
        answer: () => this.#view(updated),
      };
    });
  }

  /** Versions that the service did not name before must be there to be used. */
  async #assertVersions(tx: Transaction, serviceId: string, fields: Partial<ServiceFields>) {
    const { defaultVersions = [], fallbackVersion = null } = fields;
    const labels = [...new Set([...defaultVersions.map((one) => one.version), fallbackVersion ?? []].flat())];
    const statuses = await this.versions.hold(tx, serviceId, labels);
    for (const label of labels) assertUsable(statuses.get(label), serviceId, label);
  }

  #view(row: CountedService): Service {
    return serviceView(row, this.instances.listLive(row.id).length);
  }
}

/** The contract sees the fields that are sent; here one of the two may be what is stored. */
function assertFallback({ fallback, fallbackVersion }: ServiceFields): void {
  if (fallback === 'version' && fallbackVersion === null)
    throw new ApiError('VALIDATION_FAILED', {
      errors: [{ path: 'body.fallbackVersion', message: 'the fallback `version` needs one' }],
    });
}

/** @throws ApiError VERSION_UNKNOWN, VERSION_RETIRED */
export function assertUsable(status: string | undefined, serviceId: string, version: string): void {
  if (status === undefined)
    throw new ApiError('VERSION_UNKNOWN', { detail: `${serviceId} has no version ${version}.` });
  if (status === 'retired') throw new ApiError('VERSION_RETIRED', { detail: `${serviceId} ${version} is retired.` });
}

/** What the log says of a service that was changed, or made when there is no `before`. */
export function itemOfService(id: string, before: ServiceFields | null, after: ServiceFields): ItemDraft {
  return {
    entity: 'service',
    tenantId: null,
    serviceId: id,
    key: id,
    before: before && { ...before },
    after: { ...after },
  };
}
