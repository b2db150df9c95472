import type { Service } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { VersionMove } from '../guards/version-guard.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assignDefaults, ownedDefaultsOf } from './assign-defaults.ts';
import { LiveInstances } from './live-instances.ts';
import { movesOfDefault } from './moves-of-default.ts';
import { serviceState, serviceView } from './service-view.ts';
import { itemOfService } from './services.service.ts';
import { type ServiceFields, ServicesStore } from './services.store.ts';

type Defaults = Service['defaultVersions'];

/** The default of a service as a part of other changes. Guards are asked by the change. */
@Injectable()
export class ServiceDefaults {
  constructor(
    private readonly store: ServicesStore,
    private readonly instances: LiveInstances,
  ) {}

  /** @throws ApiError SERVICE_UNKNOWN */
  async read(tx: Transaction, serviceId: string): Promise<Defaults> {
    return (await this.#find(tx, serviceId)).defaultVersions;
  }

  /** What a new default does to everybody who follows it, as guards judge it. */
  moves(serviceId: string, before: Defaults, after: Defaults): VersionMove[] {
    return movesOfDefault(serviceId, { defaultVersions: before }, { defaultVersions: after });
  }

  /** Sets the default of a service that is locked. `item` is undefined when it was so already. */
  async set(
    tx: Transaction,
    serviceId: string,
    wanted: Defaults,
  ): Promise<{ item: ItemDraft | undefined; view: Service }> {
    const row = await this.store.findIn(tx, serviceId);
    if (row === undefined) throw new ApiError('SERVICE_UNKNOWN');
    const before = serviceState(row);
    const isSame = JSON.stringify(before.defaultVersions) === JSON.stringify(wanted);
    const fields = { defaultVersions: assignDefaults(ownedDefaultsOf(row), wanted) };
    const after = isSame ? row : await this.store.update(tx, serviceId, fields);
    return {
      item: isSame ? undefined : itemOfService(serviceId, before, serviceState(after)),
      view: serviceView(after, this.instances.listLive(serviceId).length),
    };
  }

  async #find(tx: Transaction, serviceId: string): Promise<ServiceFields> {
    const row = await this.store.findIn(tx, serviceId);
    if (row === undefined) throw new ApiError('SERVICE_UNKNOWN');
    return serviceState(row);
  }
}
