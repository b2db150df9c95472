import { Readable } from 'node:stream';
import type { Position } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { ApiError } from '../../infra/http/api-error.ts';
import { ChainStore } from '../chain/chain.store.ts';
import type { ChangeFilter } from '../change-filter.store.ts';
import { changeIdOf } from '../change-id.ts';
import { changeOf, itemOf } from '../change-log.store.ts';
import { type ExportHead, ExportStore } from './export.store.ts';

const HEADS = 200;
const ITEMS = 2_000;

/** Writes the log out, line by line, with no more than a page of it in memory. */
@Injectable()
export class ExportService {
  constructor(
    private readonly store: ExportStore,
    private readonly chain: ChainStore,
  ) {}

  /**
   * NDJSON: a line `change` for each change after a position, followed by a line `item` for each thing it did, and at last
   * a line `end` with the anchor. Without that line the export was cut off: it goes on after the last change but one.
   * A filter chooses changes; each that is chosen is written whole.
   *
   * @throws ApiError CHANGE_UNKNOWN for a position that is not in the log, such as one that was lost with a restore
   */
  async stream(filter: ChangeFilter, after: Position | undefined): Promise<Readable> {
    if (after !== undefined && !(await this.chain.has(after))) throw new ApiError('CHANGE_UNKNOWN');
    return Readable.from(this.#lines(filter, after), { objectMode: false, highWaterMark: 65_536 });
  }

  async *#lines(filter: ChangeFilter, after: Position | undefined): AsyncGenerator<string> {
    const end = await this.chain.readEnd();
    let last = after;
    for (;;) {
      const heads = await this.store.listHeads(filter, last, end.position, HEADS);
      for (const head of heads) {
        yield lineOf('change', headOf(head));
        yield* this.#items(head);
        last = { epoch: head.epoch, revision: Number(head.revision) };
      }
      if (heads.length < HEADS) break;
    }
    yield lineOf('end', end);
  }

  async *#items(head: ExportHead): AsyncGenerator<string> {
    const changeId = changeIdOf({ epoch: head.epoch, revision: Number(head.revision) });
    for (let after = -1; ; ) {
      const rows = await this.store.listItems(head.key, after, ITEMS);
      if (rows.length > 0)
        yield rows.map((row) => lineOf('item', { changeId, ...itemOf(row), salt: row.salt, hash: row.hash })).join('');
      if (rows.length < ITEMS) return;
      after = rows[rows.length - 1]?.index ?? after;
    }
  }
}

function headOf(head: ExportHead) {
  const { items: _, ...change } = changeOf(head, []);
  return {
    ...change,
    key: head.key,
    isTrimmed: head.is_trimmed,
    actorSalt: head.actor_salt,
    actorHash: head.actor_hash,
    reasonSalt: head.reason_salt,
    reasonHash: head.reason_hash,
    itemsHash: head.items_hash,
    servicesHash: head.services_hash,
    payloadHash: head.payload_hash,
    chainHash: head.chain_hash,
  };
}

function lineOf(type: string, fields: object): string {
  return `${JSON.stringify({ type, ...fields })}\n`;
}
