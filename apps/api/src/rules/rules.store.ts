import type { Actor, RuleSetInput } from '@grey/contracts';
import type { LaneRecord, RuleSetRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { asJson } from '../infra/db/as-json.ts';
import { Database, type Transaction } from '../infra/db/database.ts';

/** A published set with the change that published it. */
export interface RevisionRow {
  readonly serviceId: string;
  readonly number: number;
  readonly record: RuleSetRecord;
  readonly input: RuleSetInput;
  readonly republishedFrom: number | null;
  readonly isLive: boolean;
  readonly epoch: string;
  readonly revision: bigint;
  readonly at: Date;
  readonly actorKind: Actor['kind'];
  readonly actorId: string;
  readonly actorName: string;
  readonly reason: string | null;
}

export interface DraftRow {
  readonly input: RuleSetInput;
  readonly basedOn: number | null;
  readonly savedAt: Date;
  readonly savedBy: Actor;
  readonly stamp: bigint;
}

export type NewRuleSet = Pick<RevisionRow, 'serviceId' | 'number' | 'record' | 'input' | 'republishedFrom'> & {
  readonly changeKey: string;
};

const revisionColumns = Prisma.sql`
  r.service_id AS "serviceId", r.number, r.record, r.input, r.republished_from AS "republishedFrom",
  r.number = coalesce(s.live_rule_set, 0) AS "isLive", c.epoch, c.revision, c.at, c.actor_kind AS "actorKind",
  c.actor_id AS "actorId", c.actor_name AS "actorName", c.reason`;
const revisionTables = Prisma.sql`
  rule_sets r JOIN services s ON s.id = r.service_id JOIN changes c ON c.key = r.change_key`;

@Injectable()
export class RulesStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  async listLanes(tx: Transaction): Promise<LaneRecord[]> {
    const rows = await tx.lane.findMany({ select: { record: true }, orderBy: { tag: 'asc' } });
    return rows.map(({ record }) => record as unknown as LaneRecord);
  }

  /** The services that answer together in a lane, by its tag. */
  async readServicesOfLanes(tx: Transaction): Promise<(tag: string) => readonly string[]> {
    const lanes = new Map((await this.listLanes(tx)).map(({ tag, versions }) => [tag, versions]));
    return (tag) => (lanes.get(tag) ?? []).map(({ serviceId }) => serviceId);
  }

  /** Keeps lanes from being deleted until the transaction ends. */
  async holdLanes(tx: Transaction, tags: readonly string[]): Promise<void> {
    if (tags.length > 0)
      await tx.$queryRaw`SELECT tag FROM lanes WHERE tag = ANY (${[...tags]}::text[]) ORDER BY tag FOR KEY SHARE`;
  }

  async findDraft(tx: Transaction, serviceId: string): Promise<DraftRow | undefined> {
    const row = await tx.ruleDraft.findUnique({ where: { serviceId } });
    if (row === null) return undefined;
    const { document, basedOn, savedAt, savedBy, stamp } = row;
    return {
      input: document as unknown as RuleSetInput,
      basedOn,
      savedAt,
      savedBy: savedBy as unknown as Actor,
      stamp,
    };
  }

  /** Writes the draft, whether or not there was one; `basedOn` counts only for a new one. */
  async writeDraft(tx: Transaction, serviceId: string, draft: Pick<DraftRow, 'input' | 'basedOn' | 'savedBy'>) {
    await tx.$executeRaw`
      INSERT INTO rule_drafts (service_id, document, based_on, saved_by)
      VALUES (${serviceId}, ${JSON.stringify(draft.input)}::jsonb, ${draft.basedOn}, ${JSON.stringify(draft.savedBy)}::jsonb)
      ON CONFLICT (service_id) DO UPDATE SET document = EXCLUDED.document, saved_by = EXCLUDED.saved_by,
        saved_at = clock_timestamp(), stamp = nextval('routing_stamp_seq')`;
  }

  async deleteDraft(tx: Transaction, serviceId: string): Promise<void> {
    await tx.ruleDraft.deleteMany({ where: { serviceId } });
  }

  /** Newest first. */
  listRevisions(tx: Transaction, serviceId: string, before: number, limit: number): Promise<RevisionRow[]> {
    return tx.$queryRaw<RevisionRow[]>`
      SELECT ${revisionColumns} FROM ${revisionTables}
      WHERE r.service_id = ${serviceId} AND r.number < ${before} ORDER BY r.number DESC LIMIT ${limit}`;
  }

  async findRevision(tx: Transaction, serviceId: string, number: number): Promise<RevisionRow | undefined> {
    const [row] = await tx.$queryRaw<RevisionRow[]>`
      SELECT ${revisionColumns} FROM ${revisionTables}
      WHERE r.service_id = ${serviceId} AND r.number = ${number}`;
    return row;
  }

  async findLive(tx: Transaction, serviceId: string): Promise<RevisionRow | undefined> {
    const [row] = await tx.$queryRaw<RevisionRow[]>`
      SELECT ${revisionColumns} FROM ${revisionTables}
      WHERE r.service_id = ${serviceId} AND r.number = s.live_rule_set`;
    return row;
  }

  async highestNumber(tx: Transaction, serviceId: string): Promise<number> {
    const { _max } = await tx.ruleSet.aggregate({ where: { serviceId }, _max: { number: true } });
    return _max.number ?? 0;
  }

  /** Adds a set and makes it the live one. */
  async publish(tx: Transaction, { record, input, ...keys }: NewRuleSet): Promise<void> {
    await tx.ruleSet.create({ data: { ...keys, record: asJson(record), input: asJson(input) } });
    await tx.service.update({ where: { id: keys.serviceId }, data: { liveRuleSet: keys.number } });
  }
}
