import type { MigrationCheck, operations } from '@grey/contracts';
import { versionOfPath } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { chooseSchemaVersion, faultOfSchemaVersion } from './choose-schema-version.ts';
import { MigrationPolicyService } from './migration-policy.service.ts';
import { showMigrations } from './migration-set-view.ts';
import { MigrationSetsStore, type SetKey } from './migration-sets.store.ts';
import type { ReadUpload } from './read-upload.ts';
import { SetObjections } from './set-objections.ts';
import { refuse, showFindings } from './show-findings.ts';
import { UploadReader } from './upload-reader.ts';

type Ops = typeof operations;

/** Reads and judges files as if they were put, and keeps nothing: for pipelines, and for an author at the desk. */
@Injectable()
export class CheckMigrationsService {
  constructor(
    private readonly store: MigrationSetsStore,
    private readonly objections: SetObjections,
    private readonly policies: MigrationPolicyService,
    private readonly reader: UploadReader,
    private readonly services: ServiceRecords,
  ) {}

  /** @throws ApiError SERVICE_UNKNOWN */
  async check({ input }: Called<Ops['checkMigrations']>): Promise<MigrationCheck> {
    const { serviceId } = input.params;
    const { engine, files, schemaVersion } = input.body;
    await this.store.consistentRead((tx) => this.services.assertKnown(tx, serviceId));
    const version = input.body.version ?? folderOf(files);
    const read = await this.reader.read({ header: { serviceId, version, engine, schemaVersion: 0 }, files });
    return this.store.consistentRead(async (tx) => {
      const label = await this.#labelOf(tx, serviceId, version);
      return this.#judge(tx, { serviceId, version: label, engine }, read, schemaVersion);
    });
  }

  async #judge(
    tx: Transaction,
    key: SetKey,
    { migrations, report, findings }: ReadUpload,
    wanted: number | undefined,
  ): Promise<MigrationCheck> {
    const numbers = await this.objections.readNumbers(tx, key);
    const schemaVersion = wanted ?? chooseSchemaVersion(numbers);
    const fault = faultOfSchemaVersion(schemaVersion, numbers);
    const before = await this.store.find(tx, key);
    const objections =
      migrations === null
        ? []
        : [
            ...(await this.objections.listNameFaults(tx, key, migrations)),
            ...(await this.objections.listAppliedFaults(tx, key, before, migrations, schemaVersion)),
          ];
    const shown = [
      ...(fault === undefined ? [] : [refuse('SCHEMA_VERSION_WRONG', `${fault}.`)]),
      ...showFindings([...findings, ...objections], report, await this.policies.read(tx)),
    ];
    return {
      isAllowed: shown.every(({ ruling }) => ruling !== 'refuse'),
      schemaVersion,
      migrations: migrations === null || report === null ? [] : showMigrations(migrations, report),
      findings: shown,
    };
  }

  /** The version as the service calls it: folders are named with and without a `v`. */
  async #labelOf(tx: Transaction, serviceId: string, version: string): Promise<string> {
    const { versions } = await this.services.read(tx, serviceId);
    const labels = versions.map((one) => one.version);
    return labels.find((one) => one === version) ?? labels.find((one) => bare(one) === bare(version)) ?? version;
  }
}

/** The version that the files' folder is named after; empty where there is none. */
function folderOf(files: readonly { readonly path: string }[]): string {
  for (const { path } of files) {
    const version = versionOfPath(path);
    if (version !== null) return version;
  }
  return '';
}

function bare(version: string): string {
  return version.replace(/^[Vv](?=\d)/, '');
}
