import { ApiError } from '../../infra/http/api-error.ts';
import type { ItemDraft } from '../item-draft.ts';
import type { State, Wish } from './restorer.ts';

/** @throws ApiError NOT_REVERTIBLE */
export function refuse(detail: string): never {
  throw new ApiError('NOT_REVERTIBLE', { detail });
}

/** What the log says of something that was written back. */
export function draftOf({ entity, tenantId, serviceId, key }: Wish, before: State, after: State): ItemDraft {
  return { entity, tenantId, serviceId, key, before, after };
}
