import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertUsable } from './services.service.ts';
import { ServicesStore } from './services.store.ts';
import { VersionsStore } from './versions.store.ts';

/** Makes sure that what is to be assigned exists, and stays assignable until the transaction ends. */
@Injectable()
export class TargetCheck {
  constructor(
    private readonly services: ServicesStore,
    private readonly versions: VersionsStore,
  ) {}

  /**
   * @param isHeld keeps the versions from being retired until the end of the transaction
   * @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED
   */
  async assertTargets(
    tx: Transaction,
    targets: readonly { serviceId: string; targetVersion: string | null }[],
    isHeld: boolean,
  ): Promise<void> {
    const byService = Map.groupBy(targets, (target) => target.serviceId);
    for (const serviceId of [...byService.keys()].sort()) {
      const wanted = byService.get(serviceId) ?? [];
      const labels = [...new Set(wanted.flatMap(({ targetVersion }) => targetVersion ?? []))];
      const statuses = await (isHeld
        ? this.versions.hold(tx, serviceId, labels)
        : this.versions.readStatuses(tx, serviceId, labels));
      if (statuses.size === 0 && (await this.services.findIn(tx, serviceId)) === undefined)
        throw new ApiError('SERVICE_UNKNOWN', { detail: `No service has the id ${serviceId}.` });
      for (const label of labels) assertUsable(statuses.get(label), serviceId, label);
    }
  }
}
