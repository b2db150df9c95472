import type { Change, ChangeItem } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { assertTenant, type Caller } from '../access/caller.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import type { ChangeFilter } from './change-filter.store.ts';
import { positionOf } from './change-id.ts';
import { ChangesStore } from './changes.store.ts';

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Pages through the log. */
@Injectable()
export class ChangeReader {
  constructor(private readonly store: ChangesStore) {}

  /** @throws ApiError CURSOR_INVALID, TENANT_FORBIDDEN when another's tenant is asked for */
  async list(caller: Caller, { limit, cursor, ...filter }: PageQuery & ChangeFilter) {
    if (filter.tenantId !== undefined) assertTenant(caller, filter.tenantId);
    const scope = ['changes', filter];
    const last = readCursor(scope, cursor, ['text', 'count']);
    const before = last && { epoch: String(last[0]), revision: Number(last[1]) };
    const rows = await this.store.listChanges(caller, filter, before, limit + 1);
    const lastOf = ({ position }: Change) => [position.epoch, position.revision];
    return pageOfRows(rows, limit, scope, lastOf, (change) => change);
  }

  /** @throws ApiError CHANGE_UNKNOWN, also when nothing of the change is the caller's to see */
  async get(caller: Caller, changeId: string): Promise<Change> {
    const change = await this.store.findChange(caller, positionOf(changeId));
    if (change === undefined) throw new ApiError('CHANGE_UNKNOWN');
    return change;
  }

  /** @throws ApiError CHANGE_UNKNOWN, also when nothing of the change is the caller's to see; CURSOR_INVALID */
  async listItems(caller: Caller, changeId: string, { limit, cursor }: PageQuery) {
    const scope = ['items', changeId];
    const [afterIndex = -1] = readCursor(scope, cursor, ['count']) ?? [];
    const [epoch, revision] = changeId.split('-') as [string, string];
    const position = { epoch, revision: Number(revision) };
    const rows = await this.store.listItems(caller, position, Number(afterIndex), limit + 1);
    if (rows === undefined) throw new ApiError('CHANGE_UNKNOWN');
    return pageOfRows(
      rows,
      limit,
      scope,
      (item: ChangeItem) => [item.index],
      (item) => item,
    );
  }
}
