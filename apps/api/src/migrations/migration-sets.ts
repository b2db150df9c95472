import {
  DEFAULT_POLICY,
  type Engine,
  judgeReport,
  lintSet,
  type MigrationSet,
  type SetJudgement,
  type SetReport,
} from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Transaction } from '../infra/db/database.ts';
import { MigrationPolicyStore } from './migration-policy.store.ts';
import { type SetRow, setOf } from './migration-set-row.ts';
import { MigrationSetsStore, type SetStamp } from './migration-sets.store.ts';

/** SQL and reports that are kept in memory, in characters; a batch of upgrades asks for the same sets ten thousand times. */
const KEPT_CHARACTERS = 32 * 1024 * 1024;

/** The migrations that versions bring, for those who run, compare or show them. */
@Injectable()
export class MigrationSets {
  /** By stamp, which another state of a set never has. */
  readonly #kept = new LRUCache<bigint, SetRow>({ maxSize: KEPT_CHARACTERS, sizeCalculation: charactersOf });

  constructor(
    private readonly store: MigrationSetsStore,
    private readonly policies: MigrationPolicyStore,
  ) {}

  /** What the version brings for databases of that kind; null: nothing. */
  async find(tx: Transaction, serviceId: string, version: string, engine: Engine): Promise<MigrationSet | null> {
    const stamp = await this.store.findStamp(tx, { serviceId, version, engine });
    return stamp === undefined ? null : setOf(await this.#load(tx, stamp));
  }

  /** By schema version. @param above a schema that has all up to this one @param upTo the schema that is wanted */
  async between(
    tx: Transaction,
    serviceId: string,
    engine: Engine,
    above: number,
    upTo: number,
  ): Promise<readonly MigrationSet[]> {
    return (await this.rowsBetween(tx, serviceId, engine, above, upTo)).map(setOf);
  }

  /** As {@link between}, with what the linter said. */
  async rowsBetween(
    tx: Transaction,
    serviceId: string,
    engine: Engine,
    above: number,
    upTo: number,
  ): Promise<readonly SetRow[]> {
    const rows: SetRow[] = [];
    for (const stamp of await this.store.listStamps(tx, serviceId, engine, above, upTo))
      rows.push(await this.#load(tx, stamp));
    return rows;
  }

  /** By schema version. */
  all(tx: Transaction, serviceId: string, engine: Engine): Promise<readonly MigrationSet[]> {
    return this.between(tx, serviceId, engine, -1, Number.MAX_SAFE_INTEGER);
  }

  /** What the policy as it is now makes of a set. One that is not kept (any more) as it stands here is linted anew. */
  async judge(tx: Transaction, set: MigrationSet): Promise<SetJudgement> {
    const policy = (await this.policies.find(tx))?.policy ?? DEFAULT_POLICY;
    return judgeReport(await this.reportOf(tx, set), policy);
  }

  /** What its statements do to others; a set that is not kept (any more) as it stands here is linted anew. */
  async reportOf(tx: Transaction, set: MigrationSet): Promise<SetReport> {
    const stamp = await this.store.findStamp(tx, set);
    const row = stamp === undefined ? undefined : await this.#load(tx, stamp);
    const isKept = row !== undefined && checksumsOf(row) === checksumsOf(set);
    return isKept ? row.report : lintSet(set);
  }

  async #load(tx: Transaction, stamp: SetStamp): Promise<SetRow> {
    const kept = this.#kept.get(stamp.stamp);
    if (kept !== undefined) return kept;
    const row = await this.store.find(tx, stamp);
    if (row === undefined) throw new Error(`the migrations of ${stamp.serviceId} ${stamp.version} went away`);
    this.#kept.set(row.stamp, row);
    return row;
  }
}

function checksumsOf({ migrations }: Pick<MigrationSet, 'migrations'>): string {
  return migrations.map((one) => `${one.name} ${one.checksum}`).join('\n');
}

function charactersOf({ migrations, report }: SetRow): number {
  const sql = migrations.reduce((sum, { up, down }) => sum + up.length + (down?.length ?? 0), 0);
  const statements = report.migrations.reduce((sum, { up, down }) => sum + up.length + (down?.length ?? 0), 0);
  return 1_000 + sql + 500 * (statements + report.findings.length);
}
