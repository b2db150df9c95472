import type { Version, VersionReference } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { judgeUsage, type VersionUsage } from './judge-usage.ts';
import { LiveInstances } from './live-instances.ts';
import { versionState, versionView } from './service-view.ts';
import { ServicesStore } from './services.store.ts';
import { VersionUsageStore } from './version-usage.store.ts';
import { type CountedVersion, VersionsStore } from './versions.store.ts';

/** A version as it is, and everything that names it. */
export interface UsedVersion {
  readonly view: Version;
  readonly usage: VersionUsage;
  readonly references: readonly VersionReference[];
}

/** What becomes of versions: for the features that end them. */
@Injectable()
export class VersionStatuses {
  constructor(
    private readonly services: ServicesStore,
    private readonly versions: VersionsStore,
    private readonly usages: VersionUsageStore,
    private readonly instances: LiveInstances,
  ) {}

  /** @param maySee whether a tenant may be named @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN */
  async read(
    tx: Transaction,
    serviceId: string,
    version: string,
    maySee: (tenantId: string) => boolean = () => true,
  ): Promise<UsedVersion> {
    const row = await this.versions.find(tx, serviceId, version);
    if (row === undefined) throw await this.#unknown(tx, serviceId);
    const read = await this.usages.read(tx, serviceId, version);
    const usage = { ...read, assigned: { ...read.assigned, examples: read.assigned.examples.filter(maySee) } };
    return { view: this.show(row), usage, references: judgeUsage(usage) };
  }

  /**
   * Keeps other changes of the service away, and everybody who would assign the version, until the transaction ends.
   * @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN
   */
  async lock(tx: Transaction, serviceId: string, version: string): Promise<Version> {
    if ((await this.services.lock(tx, serviceId)) === undefined) throw new ApiError('SERVICE_UNKNOWN');
    const row = await this.versions.lock(tx, serviceId, version);
    if (row === undefined) throw new ApiError('VERSION_UNKNOWN');
    return this.show(row);
  }

  /** Sets the status of a version that is locked. @throws ApiError VERSION_REFERENCED when it would be retired in use */
  async set(tx: Transaction, serviceId: string, version: string, status: Version['status']) {
    if (status === 'retired') await this.assertUnused(tx, serviceId, version);
    const before = await this.versions.find(tx, serviceId, version);
    if (before === undefined) throw new ApiError('VERSION_UNKNOWN');
    const row = await this.versions.update(tx, serviceId, version, { status });
    return { item: itemOfVersion(row, versionState(before)), view: this.show(row) };
  }

  /** Makes a version that is locked ask for a schema, where it asked for none. */
  async declareSchema(tx: Transaction, serviceId: string, version: string, schemaMin: number): Promise<ItemDraft> {
    const before = await this.versions.find(tx, serviceId, version);
    if (before === undefined) throw new ApiError('VERSION_UNKNOWN');
    const row = await this.versions.update(tx, serviceId, version, { schemaMin });
    return itemOfVersion(row, versionState(before));
  }

  /**
   * Live instances are told of, but do not keep a version: they are not configuration.
   * @throws ApiError VERSION_REFERENCED with everything that keeps it
   */
  async assertUnused(tx: Transaction, serviceId: string, version: string): Promise<void> {
    const references = judgeUsage(await this.usages.read(tx, serviceId, version));
    const blocking = references.filter(({ isBlocking }) => isBlocking);
    const [first] = blocking;
    if (first === undefined) return;
    const live = this.instances.listLive(serviceId).filter((one) => one.version === version).length;
    const others = blocking.length > 1 ? ` And ${blocking.length - 1} more.` : '';
    const running = live === 0 ? '' : ` ${live} instance(s) run it.`;
    throw new ApiError('VERSION_REFERENCED', {
      detail: `${serviceId} ${version}: ${first.detail} ${first.mend}${others}${running}`,
      references: blocking,
    });
  }

  show(row: CountedVersion): Version {
    const live = this.instances.listLive(row.serviceId);
    return versionView(row, live.filter((one) => one.version === row.version).length);
  }

  async #unknown(tx: Transaction, serviceId: string): Promise<ApiError> {
    const isKnown = (await this.services.findIn(tx, serviceId)) !== undefined;
    return new ApiError(isKnown ? 'VERSION_UNKNOWN' : 'SERVICE_UNKNOWN');
  }
}

/** What the log says of a version that was changed, or made when there is no `before`. */
export function itemOfVersion(row: CountedVersion, before: ItemDraft['before']): ItemDraft {
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
