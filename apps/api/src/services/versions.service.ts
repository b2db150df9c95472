import type { operations, Version } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { changedFields } from '../infra/changed-fields.ts';
import type { Transaction } from '../infra/db/database.ts';
import { isDuplicate } from '../infra/db/database-errors.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertMatch } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { versionState } from './service-view.ts';
import { type CountedService, ServicesStore } from './services.store.ts';
import { itemOfVersion, VersionStatuses } from './version-statuses.service.ts';
import { VersionsStore } from './versions.store.ts';

type Ops = typeof operations;

@Injectable()
export class VersionsService {
  constructor(
    private readonly store: VersionsStore,
    private readonly services: ServicesStore,
    private readonly changes: ChangesService,
    private readonly statuses: VersionStatuses,
  ) {}

  /** Newest first. @throws ApiError SERVICE_UNKNOWN */
  async list({ input }: Called<Ops['listVersions']>): Promise<{ items: Version[] }> {
    const rows = await this.store.list(input.params.serviceId);
    if (rows === undefined) throw new ApiError('SERVICE_UNKNOWN');
    return { items: rows.map((row) => this.statuses.show(row)) };
  }

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN */
  async get({ input }: Called<Ops['getVersion']>): Promise<Version> {
    const { serviceId, version } = input.params;
    const row = await this.store.read(serviceId, version);
    if (row !== undefined) return this.statuses.show(row);
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
          items: [itemOfVersion(row, null)],
          services: [await this.services.readRecord(tx, serviceId)],
          answer: () => this.statuses.show(row),
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
      await this.#lockService(tx, serviceId);
      const row = await this.store.lock(tx, serviceId, version);
      if (row === undefined) throw new ApiError('VERSION_UNKNOWN');
      assertMatch(ifMatch, this.statuses.show(row));
      const before = versionState(row);
      const fields = changedFields(before, wanted);
      if (fields === undefined) return { items: [], answer: () => this.statuses.show(row) };
      const range = { ...before, ...fields };
      assertRange(range);
      assertWithin(await this.store.findSchemaOutside(tx, serviceId, version, range));
      const kind = kindOf(before.status, fields.status);
      if (kind === 'version.retired') await this.statuses.assertUnused(tx, serviceId, version);
      if (kind === 'version.revived') assertReason(reason);
      const updated = await this.store.update(tx, serviceId, version, fields);
      return {
        kind,
        items: [itemOfVersion(updated, before)],
        services: [await this.services.readRecord(tx, serviceId)],
        answer: () => this.statuses.show(updated),
      };
    });
  }

  async #lockService(tx: Transaction, serviceId: string): Promise<CountedService> {
    const service = await this.services.lock(tx, serviceId);
    if (service === undefined) throw new ApiError('SERVICE_UNKNOWN');
    return service;
  }
}

function kindOf(before: Version['status'], after: Version['status'] | undefined) {
  if (after === undefined || before === after) return 'version.updated';
  if (after === 'retired') return 'version.retired';
  return before === 'retired' ? 'version.revived' : 'version.updated';
}

/** Whoever brings back what was given up says why. @throws ApiError VALIDATION_FAILED */
function assertReason(reason: string | undefined): void {
  if (reason === undefined)
    throw new ApiError('VALIDATION_FAILED', {
      errors: [{ path: 'body.reason', message: 'say why a retired version comes back' }],
    });
}

/** The contract checks a range that is sent whole; here one end may come from what is stored. */
function assertRange({ schemaMin, schemaMax }: { schemaMin: number | null; schemaMax: number | null }): void {
  if (schemaMin !== null && schemaMax !== null && schemaMin > schemaMax)
    throw new ApiError('VALIDATION_FAILED', {
      errors: [{ path: 'body.schemaMin', message: 'schemaMin is above schemaMax' }],
    });
}

/** A version serves what its own migrations lead to. @throws ApiError VALIDATION_FAILED */
function assertWithin(schemaOutside: number | undefined): void {
  if (schemaOutside === undefined) return;
  const message = `its migrations lead to schema ${schemaOutside}, which the range must have in it`;
  throw new ApiError('VALIDATION_FAILED', { errors: [{ path: 'body.schemaMin', message }] });
}
