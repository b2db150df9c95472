import type { Fault } from '@grey/contracts';
import { type Condition, checkCondition } from '@grey/route-core';
import { ApiError } from '../infra/http/api-error.ts';
import { findOverlong, type PlacedCondition } from './bound-expressions.ts';

/**
 * Checks what the contract cannot: regular expressions, networks, CEL, how large it all is.
 * @throws ApiError VALIDATION_FAILED with the place of each fault
 */
export function assertConditions(conditions: readonly PlacedCondition[]): void {
  const overlong = findOverlong(conditions);
  const faults: Fault[] =
    overlong === undefined
      ? conditions.flatMap(({ condition, path }) =>
          condition == null ? [] : checkCondition(condition as Condition, path),
        )
      : [overlong];
  const [first] = faults;
  if (first === undefined) return;
  throw new ApiError('VALIDATION_FAILED', { detail: `${first.path}: ${first.message}`, errors: faults });
}
