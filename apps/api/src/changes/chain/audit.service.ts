import type { ChainFault, ErasePersonResult, operations, Position, VerifyResult } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { ApiError } from '../../infra/http/api-error.ts';
import type { Called } from '../../infra/http/operation.decorator.ts';
import { positionOf } from '../change-id.ts';
import { actorOf, ChangesService } from '../changes.service.ts';
import { type ChainEnd, ChainStore } from './chain.store.ts';
import { type ChainCursor, findFault } from './verify-chain.ts';

type Ops = typeof operations;
/** Heads read at a time. */
const PORTION = 500;
/** Heads checked for one request; the answer says where to go on. */
const LIMIT = 50_000;

/** Says whether the log is what was written, and takes persons out of it without breaking that. */
@Injectable()
export class AuditService {
  constructor(
    private readonly store: ChainStore,
    private readonly changes: ChangesService,
  ) {}

  /** @throws ApiError CHANGE_UNKNOWN for an end of the range that the log does not have; VALIDATION_FAILED */
  async verify({ input }: Called<Ops['verifyAudit']>): Promise<VerifyResult> {
    const { from, to, anchor } = input.query;
    const end = await this.store.readEnd();
    const last = to === undefined ? end.position : positionOf(to);
    await this.#assertRange(from, to);
    const before = from === undefined ? undefined : await this.store.findBefore(positionOf(from));
    const walk = await this.#walk({ hash: before?.hash ?? null, position: before?.position ?? null }, last);
    const isWhole = walk.next === null;
    const fault =
      walk.fault ??
      (isWhole && to === undefined ? faultOfEnd(walk.cursor, end) : undefined) ??
      (anchor === undefined ? undefined : await this.#faultOfAnchor(anchor));
    return {
      isIntact: fault === undefined,
      isComplete: isWhole,
      nextFrom: walk.next,
      checkedCount: walk.checkedCount,
      unchainedCount: walk.unchainedCount,
      erasedCount: walk.erasedCount,
      trimmedCount: walk.trimmedCount,
      anchor: end,
      fault: fault ?? null,
    };
  }

  /** @throws ApiError USER_UNKNOWN when the log knows nothing of it, USER_STILL_THERE */
  erase({ caller, input }: Called<Ops['eraseUserFromAudit']>) {
    const { userId, withReasons, reason } = input.body;
    const request = { kind: 'audit.erased', actor: actorOf(caller), reason } as const;
    return this.changes.commit<ErasePersonResult>(request, async (tx, changeKey) => {
      const { names, isThere, isKnown } = await this.store.findUser(tx, userId);
      if (isThere) throw new ApiError('USER_STILL_THERE');
      if (!isKnown) throw new ApiError('USER_UNKNOWN');
      const counts = await this.store.eraseUser(tx, userId, names, withReasons);
      const after = { ...counts, withReasons };
      return {
        items: [{ entity: 'erasure', tenantId: null, serviceId: null, key: changeKey, before: null, after }],
        answer: ({ changeId, position }) => ({ changeId, position, ...counts }),
      };
    });
  }

  /** A range that holds nothing is intact whatever the log is, so a mistyped one must not pass for a sound log. */
  async #assertRange(from: string | undefined, to: string | undefined): Promise<void> {
    if (to !== undefined && !(await this.store.has(positionOf(to))))
      throw new ApiError('CHANGE_UNKNOWN', { detail: `to: the log has no change ${to}.` });
    if (from === undefined) return;
    const { epoch, revision } = positionOf(from);
    // What may follow the last change that was checked is a place to go on from, also where nothing follows.
    const isThere =
      (await this.store.has({ epoch, revision })) || (await this.store.has({ epoch, revision: revision - 1 }));
    if (!isThere) throw new ApiError('CHANGE_UNKNOWN', { detail: `from: the log has no change ${from}.` });
    if (to !== undefined && isBefore(positionOf(to), { epoch, revision }))
      throw new ApiError('VALIDATION_FAILED', { errors: [{ path: 'query.to', message: 'is before from' }] });
  }

  async #walk(start: ChainCursor, to: Position) {
    let cursor = start;
    const counts = { checkedCount: 0, unchainedCount: 0, erasedCount: 0, trimmedCount: 0 };
    for (;;) {
      const rows = await this.store.readLinks(cursor.position, to, PORTION);
      for (const row of rows) {
        const fault = findFault(row, cursor);
        if (fault !== undefined) return { ...counts, cursor, fault, next: null };
        cursor = { hash: row.chainHash, position: { epoch: row.epoch, revision: row.revision } };
        counts.checkedCount += row.chainHash === null ? 0 : 1;
        counts.unchainedCount += row.chainHash === null ? 1 : 0;
        counts.erasedCount += row.isErased ? 1 : 0;
        counts.trimmedCount += row.isTrimmed ? 1 : 0;
      }
      if (rows.length < PORTION) return { ...counts, cursor, fault: undefined, next: null };
      if (counts.checkedCount + counts.unchainedCount >= LIMIT) {
        const { epoch, revision } = cursor.position as Position;
        return { ...counts, cursor, fault: undefined, next: `${epoch}-${revision + 1}` };
      }
    }
  }

  async #faultOfAnchor(anchor: string): Promise<ChainFault | undefined> {
    const [changeId, hash] = anchor.split(':') as [string, string];
    const position = positionOf(changeId);
    const found = await this.store.findHash(position);
    if (found === hash) return undefined;
    const detail =
      found === undefined
        ? 'The change that was noted as anchor is not in the log.'
        : 'The change that was noted as anchor has another hash now: the log was written anew.';
    return { position, changeId, part: 'anchor', itemIndex: null, detail };
  }
}

function isBefore(one: Position, other: Position): boolean {
  return one.epoch === other.epoch ? one.revision < other.revision : one.epoch < other.epoch;
}

/** The log keeps the hash of its end apart from the changes: cutting off the last ones shows. */
function faultOfEnd({ hash, position }: ChainCursor, end: ChainEnd): ChainFault | undefined {
  const isSameHash = (hash ?? '00'.repeat(32)) === end.hash;
  const isSamePlace =
    end.position.revision === 0 ||
    position?.epoch !== end.position.epoch ||
    position.revision === end.position.revision;
  if (isSameHash && isSamePlace) return undefined;
  const at = position ?? end.position;
  const detail = 'The last change is not where the log ends: one was cut off, or the end was altered.';
  return { position: at, changeId: `${at.epoch}-${at.revision}`, part: 'end', itemIndex: null, detail };
}
