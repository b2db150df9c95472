import type { MigrationEstimate, operations } from '@grey/contracts';
import { UpgradeError } from '@grey/schema-upgrades';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.schema.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { TenantAccess } from '../schema-checks/tenant-access.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { chooseDefault } from '../tenants/describe-tenant-service.ts';
import { firstFloor } from '../upgrades/steps/first-floor.ts';
import { estimatePending } from './estimate-pending.ts';
import type { SetRow } from './migration-set-row.ts';
import { MigrationSetsStore } from './migration-sets.store.ts';
import { MigrationSets } from './migration-sets.ts';
import { TenantPlaceStore } from './tenant-place.store.ts';

type Ops = typeof operations;
/** What a tenant may lack, and where it stands. */
interface Way {
  /** Up to the version that is asked for, by schema version. */
  readonly sets: readonly SetRow[];
  /** The oldest schema that it serves; null: not recorded. */
  readonly floor: number | null;
  /** What its present version asks for. */
  readonly presentMin: number | undefined;
}

/** What migrations would mean in the database of one tenant, as it is now. */
@Injectable()
export class EstimatesService {
  constructor(
    private readonly store: MigrationSetsStore,
    private readonly places: TenantPlaceStore,
    private readonly sets: MigrationSets,
    private readonly services: ServiceRecords,
    private readonly access: TenantAccess,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * @throws ApiError TENANT_UNKNOWN, SERVICE_UNKNOWN, VERSION_UNKNOWN, DATA_SOURCE_MISSING, MIGRATIONS_UNKNOWN,
   *   TENANT_DATABASE_UNAVAILABLE
   */
  async estimate({ input }: Called<Ops['estimateMigrations']>): Promise<MigrationEstimate> {
    const { tenantId, serviceId, version } = input.params;
    const way = await this.store.consistentRead((tx) => this.#readWay(tx, tenantId, serviceId, version));
    const signal = AbortSignal.timeout(this.config.GREY_DATA_SOURCE_TIMEOUT_MS);
    try {
      const { ledger, sizes } = await this.access.session(tenantId, serviceId, signal, async (session) => ({
        ledger: await session.listLedger(serviceId),
        sizes: await session.listTableSizes(),
      }));
      const floor = way.floor ?? firstFloor(ledger, way.sets, way.presentMin);
      return estimatePending(
        tenantId,
        way.sets.filter(({ schemaVersion }) => schemaVersion > floor),
        ledger,
        sizes,
      );
    } catch (error) {
      if (!(error instanceof UpgradeError)) throw error;
      throw new ApiError(
        'TENANT_DATABASE_UNAVAILABLE',
        { detail: `The database of ${tenantId} for ${serviceId}: ${error.message} (${error.code}).` },
        { cause: error },
      );
    }
  }

  async #readWay(tx: Transaction, tenantId: string, serviceId: string, version: string): Promise<Way> {
    await this.services.assertKnown(tx, serviceId);
    const service = await this.services.read(tx, serviceId);
    if (!service.versions.some((one) => one.version === version)) throw new ApiError('VERSION_UNKNOWN');
    const place = await this.places.find(tx, tenantId, serviceId);
    if (place === undefined) throw new ApiError('TENANT_UNKNOWN');
    const { engine, schemaVersion } = place;
    if (engine === null) throw new ApiError('DATA_SOURCE_MISSING');
    const target = await this.sets.find(tx, serviceId, version, engine);
    if (target === null) throw new ApiError('MIGRATIONS_UNKNOWN');
    const present = place.version ?? chooseDefault(service.id, tenantId, service.defaults);
    return {
      sets: await this.sets.rowsBetween(tx, serviceId, engine, -1, target.schemaVersion),
      floor: schemaVersion,
      presentMin: service.versions.find((one) => one.version === present)?.schemaMin,
    };
  }
}
