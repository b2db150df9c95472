import type { MigrationSetView, operations } from '@grey/contracts';
import type { LintPolicy } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import { actorOf, ChangesService, type Work } from '../changes/changes.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertMatch } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { VersionStatuses } from '../services/version-statuses.service.ts';
import { assertAllowed, assertNumber, assertReadable, assertUntouched } from './assert-set.ts';
import { MigrationPolicyService } from './migration-policy.service.ts';
import type { SetDraft, SetRow } from './migration-set-row.ts';
import { itemOfSet, NO_SET, setSummary, setView } from './migration-set-view.ts';
import { MigrationSetsStore, type SetKey } from './migration-sets.store.ts';
import { SetObjections } from './set-objections.ts';
import { tell } from './show-findings.ts';
import { UploadReader } from './upload-reader.ts';

type Ops = typeof operations;

/** Which migrations versions bring: read, judged and kept. Nothing runs here. */
@Injectable()
export class MigrationsService {
  constructor(
    private readonly store: MigrationSetsStore,
    private readonly objections: SetObjections,
    private readonly policies: MigrationPolicyService,
    private readonly reader: UploadReader,
    private readonly services: ServiceRecords,
    private readonly versions: VersionStatuses,
    private readonly changes: ChangesService,
  ) {}

  /** @throws ApiError SERVICE_UNKNOWN */
  list({ input }: Called<Ops['listMigrationSets']>) {
    return this.store.consistentRead(async (tx) => {
      await this.services.assertKnown(tx, input.params.serviceId);
      const policy = await this.policies.read(tx);
      const rows = await this.store.list(tx, input.params.serviceId);
      return { items: rows.map((row) => setSummary(row, policy)) };
    });
  }

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, MIGRATIONS_UNKNOWN */
  get({ input }: Called<Ops['getMigrationSet']>): Promise<MigrationSetView> {
    const key = { ...input.params, ...input.query };
    return this.store.consistentRead(async (tx) => {
      await this.#readStatus(tx, key);
      return setView(assertThere(await this.store.find(tx, key)), await this.policies.read(tx));
    });
  }

  /**
   * Replaces what a version brings. A version that says nothing of the schemas it takes asks for this one from now on.
   * @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, VALIDATION_FAILED, PRECONDITION_FAILED,
   *   MIGRATIONS_INVALID, MIGRATIONS_REFUSED, MIGRATIONS_APPLIED
   */
  async put({ caller, input, ifMatch }: Called<Ops['putMigrationSet']>) {
    const { engine, files, reason, schemaVersion: wanted } = input.body;
    const key = { ...input.params, engine };
    await this.store.consistentRead(async (tx) => assertUsable(await this.#readStatus(tx, key)));
    const read = await this.reader.read({ header: { ...key, schemaVersion: 0 }, files });
    return this.changes.commit<MigrationSetView>(
      { kind: 'migrations.put', actor: actorOf(caller), reason },
      async (tx) => {
        const { status, schemaMin } = await this.versions.lock(tx, key.serviceId, key.version);
        assertUsable(status);
        const policy = await this.policies.read(tx);
        const before = await this.store.find(tx, key);
        assertMatch(ifMatch, before === undefined ? NO_SET : setView(before, policy));
        const nameFaults = await this.objections.listNameFaults(tx, key, read.migrations ?? []);
        const { migrations, report } = assertReadable(read, nameFaults, policy);
        const schemaVersion = assertNumber(wanted, await this.objections.readNumbers(tx, key));
        const draft = { ...key, schemaVersion, files, migrations, report, findings: read.findings };
        if (before?.schemaVersion === schemaVersion && (await this.store.hasFiles(tx, draft)))
          return { items: [], answer: () => setView(before, policy) };
        await this.#assertNotApplied(tx, before, draft);
        assertAllowed(draft, policy);
        return this.#write(tx, before, draft, policy, schemaMin === null);
      },
    );
  }

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, MIGRATIONS_UNKNOWN, MIGRATIONS_APPLIED, PRECONDITION_FAILED */
  async delete({ caller, input, ifMatch }: Called<Ops['deleteMigrationSet']>): Promise<void> {
    const { engine, reason } = input.query;
    const key = { ...input.params, engine };
    await this.changes.commit({ kind: 'migrations.deleted', actor: actorOf(caller), reason }, async (tx) => {
      await this.versions.lock(tx, key.serviceId, key.version);
      const before = assertThere(await this.store.find(tx, key));
      assertMatch(ifMatch, setView(before, await this.policies.read(tx)));
      assertUntouched(await this.objections.listAppliedFaults(tx, key, before, []));
      await this.store.delete(tx, key);
      return { items: [itemOfSet(before, null)], answer: () => undefined };
    });
  }

  async #write(
    tx: Transaction,
    before: SetRow | undefined,
    draft: SetDraft,
    policy: LintPolicy,
    isUndeclared: boolean,
  ): Promise<Work<MigrationSetView>> {
    const row = await this.store.put(tx, draft);
    const items = [itemOfSet(before ?? null, row)];
    if (!isUndeclared) return { items, answer: () => setView(row, policy) };
    const { serviceId, version, schemaVersion } = draft;
    items.push(await this.versions.declareSchema(tx, serviceId, version, schemaVersion));
    const told = tell(
      'SCHEMA_MIN_DECLARED',
      `${version} asked for no schema; from now on it asks for ${schemaVersion}.`,
    );
    return {
      items,
      services: [await this.services.read(tx, serviceId)],
      answer: () => setView(row, policy, [told]),
    };
  }

  /** Another number is another place among the schemas: for who has the set it is as if that went. */
  async #assertNotApplied(tx: Transaction, before: SetRow | undefined, draft: SetDraft): Promise<void> {
    const isMoved = before !== undefined && before.schemaVersion !== draft.schemaVersion;
    const after = isMoved ? [] : draft.migrations;
    assertUntouched(await this.objections.listAppliedFaults(tx, draft, before, after, draft.schemaVersion));
    if (!isMoved) return;
    const { migrations, schemaVersion } = draft;
    assertUntouched(await this.objections.listAppliedFaults(tx, draft, undefined, migrations, schemaVersion));
  }

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN */
  async #readStatus(tx: Transaction, { serviceId, version }: SetKey): Promise<string> {
    await this.services.assertKnown(tx, serviceId);
    const { versions } = await this.services.read(tx, serviceId);
    const found = versions.find((one) => one.version === version);
    if (found === undefined) throw new ApiError('VERSION_UNKNOWN');
    return found.status;
  }
}

/** @throws ApiError VERSION_RETIRED */
function assertUsable(status: string): void {
  if (status === 'retired') throw new ApiError('VERSION_RETIRED');
}

/** @throws ApiError MIGRATIONS_UNKNOWN */
function assertThere(row: SetRow | undefined): SetRow {
  if (row === undefined) throw new ApiError('MIGRATIONS_UNKNOWN');
  return row;
}
