import type { Matrix, operations } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { makeCursor, readCursor } from '../infra/http/cursor.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { AssignmentsStore } from './assignments.store.ts';
import { packMatrix } from './pack-matrix.ts';

/** The tenant × service matrix, a page of tenants at a time, within the caller's tenants. */
@Injectable()
export class MatrixService {
  constructor(private readonly store: AssignmentsStore) {}

  /** @throws ApiError CURSOR_INVALID */
  async get({ caller, input }: Called<(typeof operations)['getMatrix']>): Promise<Matrix> {
    const { limit, cursor, ...filter } = input.query;
    const scope = ['matrix', filter];
    const [after = ''] = readCursor(scope, cursor, ['text']) ?? [];
    const read = await this.store.readMatrix(filter, caller.tenantIds, String(after), limit + 1);
    const tenants = read.tenants.slice(0, limit);
    const end = tenants.at(-1);
    return {
      ...packMatrix(read.services, tenants, read.cells),
      nextCursor: read.tenants.length > limit && end !== undefined ? makeCursor(scope, [end.id]) : null,
      totalCount: read.totalCount,
      position: read.position,
    };
  }
}
