import type { LaneRecord, RuleSetRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';

export interface LaneRow {
  readonly tag: string;
  readonly name: string;
  readonly record: LaneRecord;
  readonly stamp: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A rule that is live and sends requests into a lane. */
export interface LaneEntry {
  readonly tag: string;
  readonly serviceId: string;
  readonly ruleId: string;
  readonly ruleName: string;
}

/** First number of the locks that keep two writers of one lane apart. */
const LANE_LOCKS = 72_709;

@Injectable()
export class LanesStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  async list(tx: Transaction): Promise<LaneRow[]> {
    return (await tx.lane.findMany({ orderBy: { tag: 'asc' } })) as unknown as LaneRow[];
  }

  async find(tx: Transaction, tag: string): Promise<LaneRow | undefined> {
    return ((await tx.lane.findUnique({ where: { tag } })) as unknown as LaneRow | null) ?? undefined;
  }

  /** The lane, kept from other writers, and from rules that want to lead into it, until the transaction ends. */
  async lock(tx: Transaction, tag: string): Promise<LaneRow | undefined> {
    // A lane that is not there has no row to lock.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LANE_LOCKS}::int, hashtext(${tag}))`;
    await tx.$queryRaw`SELECT tag FROM lanes WHERE tag = ${tag} FOR UPDATE`;
    return this.find(tx, tag);
  }

  async put(tx: Transaction, tag: string, name: string, record: LaneRecord): Promise<LaneRow> {
    const [row] = await tx.$queryRaw<LaneRow[]>`
      INSERT INTO lanes (tag, name, record) VALUES (${tag}, ${name}, ${JSON.stringify(record)}::jsonb)
      ON CONFLICT (tag) DO UPDATE SET name = EXCLUDED.name, record = EXCLUDED.record,
        stamp = nextval('routing_stamp_seq'), updated_at = clock_timestamp()
      RETURNING tag, name, record, stamp, created_at AS "createdAt", updated_at AS "updatedAt"`;
    if (row === undefined) throw new Error(`lane ${tag} was not written`);
    return row;
  }

  async delete(tx: Transaction, tag: string): Promise<void> {
    await tx.lane.delete({ where: { tag } });
  }

  /** Rules that lead into lanes, by service and in their order. */
  async listEntries(tx: Transaction): Promise<LaneEntry[]> {
    const rows = await tx.$queryRaw<{ id: string; record: RuleSetRecord }[]>`
      SELECT s.id, r.record FROM services s
      JOIN rule_sets r ON r.service_id = s.id AND r.number = s.live_rule_set
      WHERE jsonb_path_exists(r.record, '$.rules[*].target ? (@.kind == "lane")') ORDER BY s.id`;
    return rows.flatMap(({ id: serviceId, record }) =>
      record.rules.flatMap(({ id, name, target }) =>
        target.kind === 'lane' ? [{ tag: target.tag, serviceId, ruleId: id, ruleName: name }] : [],
      ),
    );
  }
}
