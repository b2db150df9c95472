import type { operations } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertMatch } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { VersionStatuses } from '../services/version-statuses.service.ts';

type Ops = typeof operations;
type EndCall = Called<Ops['retireVersion'] | Ops['reviveVersion']>;

/** Ends versions, and brings them back. */
@Injectable()
export class RetireVersionService {
  constructor(
    private readonly statuses: VersionStatuses,
    private readonly services: ServiceRecords,
    private readonly changes: ChangesService,
  ) {}

  /**
   * @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED when it is so already, PRECONDITION_FAILED;
   * VERSION_REFERENCED with everything that keeps it
   */
  retire(call: Called<Ops['retireVersion']>) {
    return this.#end(call, true);
  }

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_NOT_RETIRED, PRECONDITION_FAILED */
  revive(call: Called<Ops['reviveVersion']>) {
    return this.#end(call, false);
  }

  #end({ caller, input, ifMatch, idempotency }: EndCall, isRetired: boolean) {
    const { serviceId, version } = input.params;
    const kind = isRetired ? 'version.retired' : 'version.revived';
    const request = { kind, actor: actorOf(caller), reason: input.body.reason, idempotency } as const;
    return this.changes.commit(request, async (tx) => {
      const before = await this.statuses.lock(tx, serviceId, version);
      assertMatch(ifMatch, before);
      if ((before.status === 'retired') === isRetired)
        throw new ApiError(isRetired ? 'VERSION_RETIRED' : 'VERSION_NOT_RETIRED');
      // What comes back is old: nobody should start with it unawares.
      const { item, view } = await this.statuses.set(tx, serviceId, version, isRetired ? 'retired' : 'deprecated');
      return { items: [item], services: [await this.services.read(tx, serviceId)], answer: () => view };
    });
  }
}
