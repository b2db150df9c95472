import type { ServiceRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertUsable } from './services.service.ts';
import { ServicesStore } from './services.store.ts';
import { VersionsStore } from './versions.store.ts';

/** Services as the engine sees them, for the features that decide about a part of one. */
@Injectable()
export class ServiceRecords {
  constructor(
    private readonly store: ServicesStore,
    private readonly versions: VersionsStore,
  ) {}

  /** Keeps other changes of the service away until the transaction ends. @throws ApiError SERVICE_UNKNOWN */
  async lock(tx: Transaction, serviceId: string): Promise<ServiceRecord> {
    if ((await this.store.lock(tx, serviceId)) === undefined) throw new ApiError('SERVICE_UNKNOWN');
    return this.store.readRecord(tx, serviceId);
  }

  /** The service as it is after what the transaction wrote. */
  read(tx: Transaction, serviceId: string): Promise<ServiceRecord> {
    return this.store.readRecord(tx, serviceId);
  }

  /** @throws ApiError SERVICE_UNKNOWN */
  async assertKnown(tx: Transaction, serviceId: string): Promise<void> {
    if ((await this.store.findIn(tx, serviceId)) === undefined) throw new ApiError('SERVICE_UNKNOWN');
  }

  /** Status by label, of those that there are; they are kept as they are until the transaction ends. */
  readStatuses(tx: Transaction, serviceId: string, labels: readonly string[]): Promise<Map<string, string>> {
    return this.versions.hold(tx, serviceId, labels);
  }

  /**
   * Keeps versions from being retired until the transaction ends.
   * @throws ApiError VERSION_UNKNOWN, VERSION_RETIRED
   */
  async holdVersions(tx: Transaction, serviceId: string, labels: readonly string[]): Promise<void> {
    const statuses = await this.versions.hold(tx, serviceId, labels);
    for (const label of labels) assertUsable(statuses.get(label), serviceId, label);
  }
}
