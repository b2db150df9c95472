import type { Flag, operations, VersionFlags } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { changedFields } from '../infra/changed-fields.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertMatch, etagOf } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { assertConditions } from '../rules/assert-conditions.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { type FlagsRow, FlagsStore } from './flags.store.ts';

type Ops = typeof operations;

/** The flags that versions expose. */
@Injectable()
export class FlagsService {
  constructor(
    private readonly store: FlagsStore,
    private readonly services: ServiceRecords,
    private readonly changes: ChangesService,
  ) {}

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN */
  get({ input }: Called<Ops['getVersionFlags']>): Promise<VersionFlags> {
    const { serviceId, version } = input.params;
    return this.store.consistentRead(async (tx) => {
      await this.services.assertKnown(tx, serviceId);
      return viewOf(serviceId, version, await this.#get(tx, serviceId, version));
    });
  }

  /** Replaces all flags of a version. @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, PRECONDITION_FAILED, VALIDATION_FAILED */
  put({ caller, input, ifMatch }: Called<Ops['putVersionFlags']>) {
    const { serviceId, version } = input.params;
    const { flags, reason } = input.body;
    assertConditions(conditionsOf(flags));
    return this.changes.commit({ kind: 'flags.put', actor: actorOf(caller), reason }, async (tx) => {
      await this.services.lock(tx, serviceId);
      const before = viewOf(serviceId, version, await this.#get(tx, serviceId, version));
      assertMatch(ifMatch, before);
      if (changedFields({ flags: before.flags }, { flags }) === undefined) return { items: [], answer: () => before };
      await this.store.write(tx, serviceId, version, flags);
      const after = viewOf(serviceId, version, await this.#get(tx, serviceId, version));
      return {
        items: [
          {
            entity: 'flags',
            tenantId: null,
            serviceId,
            key: `${serviceId}/${version}`,
            before: { flags: before.flags },
            after: { flags: after.flags },
          },
        ],
        services: [await this.services.read(tx, serviceId)],
        answer: () => after,
      };
    });
  }

  async #get(tx: Transaction, serviceId: string, version: string): Promise<FlagsRow> {
    const row = await this.store.find(tx, serviceId, version);
    if (row === undefined) throw new ApiError('VERSION_UNKNOWN');
    return row;
  }
}

function viewOf(serviceId: string, version: string, { flags, stamp }: FlagsRow): VersionFlags {
  return { serviceId, version, flags: flags as unknown as Flag[], etag: etagOf(stamp) };
}

function conditionsOf(flags: readonly Flag[]) {
  return flags.flatMap((flag, at) =>
    flag.rules.map(({ when }, index) => ({ condition: when, path: `body.flags[${at}].rules[${index}].when` })),
  );
}
