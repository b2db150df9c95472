import type { operations, Retirement, Straggler } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { mayActFor } from '../access/caller.ts';
import { ChangesService } from '../changes/changes.service.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { SamplesService } from '../samples/samples.service.ts';
import { LiveInstances } from '../services/live-instances.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { VersionStatuses } from '../services/version-statuses.service.ts';
import { findSuccessor } from './find-successor.ts';
import { type StragglerRow, StragglersStore } from './stragglers.store.ts';

type Ops = typeof operations;
const INSTANCES_SHOWN = 100;

/** What stands between a version and its end. */
@Injectable()
export class RetirementService {
  constructor(
    private readonly store: StragglersStore,
    private readonly statuses: VersionStatuses,
    private readonly services: ServiceRecords,
    private readonly changes: ChangesService,
    private readonly instances: LiveInstances,
    private readonly samples: SamplesService,
  ) {}

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN */
  get({ caller, input }: Called<Ops['getRetirement']>): Promise<Retirement> {
    const { serviceId, version } = input.params;
    return this.store.consistentRead(async (tx) => {
      const maySee = (tenantId: string) => mayActFor(caller, tenantId);
      const { view, usage, references } = await this.statuses.read(tx, serviceId, version, maySee);
      const { versions } = await this.services.read(tx, serviceId);
      const live = this.instances.listLive(serviceId).filter((one) => one.version === version);
      const isDefault = usage.defaults.some((one) => one.version === version && one.weight > 0);
      const successor = findSuccessor(version, usage.defaults, versions);
      const { count: assignedCount, pinnedCount } = usage.assigned;
      return {
        serviceId,
        version,
        status: view.status,
        etag: view.etag,
        position: await this.changes.readPosition(tx),
        isRetirable: view.status !== 'retired' && references.every(({ isBlocking }) => !isBlocking),
        references: [...references],
        stragglers: {
          assignedCount,
          pinnedCount,
          defaultCount: isDefault ? await this.store.countUnassigned(tx, serviceId) : 0,
          ...(await this.store.countTags(tx, { serviceId, version })),
        },
        instances: live.slice(0, INSTANCES_SHOWN).map(({ instanceId, source, address, health, isEnabled }) => ({
          instanceId,
          source,
          address,
          health,
          isEnabled,
        })),
        instanceCount: live.length,
        decisions: this.samples.countVersion(serviceId, version),
        successor,
        move:
          successor === null || assignedCount === 0
            ? null
            : {
                selection: { kind: 'version', serviceId, version },
                targets: [{ serviceId, targetVersion: successor }],
              },
      };
    });
  }

  /** Within the caller's tenants. @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, CURSOR_INVALID */
  listStragglers({ caller, input }: Called<Ops['listStragglers']>) {
    const { serviceId, version } = input.params;
    const { limit, cursor, via, ...filter } = input.query;
    const scope = ['stragglers', serviceId, version, via, filter];
    const [after = ''] = readCursor(scope, cursor, ['text']) ?? [];
    const page = { after: String(after), limit: limit + 1 };
    return this.store.consistentRead(async (tx) => {
      const { usage } = await this.statuses.read(tx, serviceId, version);
      const isDefault = usage.defaults.some((one) => one.version === version && one.weight > 0);
      const rows =
        via === 'assignment'
          ? await this.store.listAssigned(tx, { serviceId, version }, filter, caller.tenantIds, page)
          : isDefault
            ? await this.store.listUnassigned(tx, serviceId, filter, caller.tenantIds, page)
            : [];
      return pageOfRows<StragglerRow, Straggler>(rows, limit, scope, ({ id }) => [id], stragglerOf);
    });
  }
}

function stragglerOf({ id, name, tags, assignments: [cell] }: StragglerRow): Straggler {
  return {
    tenantId: id,
    tenantName: name,
    tags: [...tags],
    via: cell === undefined ? 'default' : 'assignment',
    isPinned: cell?.isPinned ?? false,
  };
}
