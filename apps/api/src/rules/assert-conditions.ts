import type { Fault } from '@grey/contracts';
import { type Condition, checkCondition } from '@grey/route-core';
import { ApiError } from '../infra/http/api-error.ts';

/** A condition of a request, and where it stands. */
export interface PlacedCondition {
  readonly condition: unknown;
  readonly path: string;
}

/**
 * Checks what the contract cannot: regular expressions, networks, CEL, how large it all is.
 *
 * @param conditions those that are undefined or null are not there
 * @throws ApiError VALIDATION_FAILED with the place of each fault
 */
export function assertConditions(conditions: readonly PlacedCondition[]): void {
  const faults: Fault[] = conditions.flatMap(({ condition, path }) =>
    condition == null ? [] : checkCondition(condition as Condition, path),
  );
  const [first] = faults;
  if (first === undefined) return;
  throw new ApiError('VALIDATION_FAILED', { detail: `${first.path}: ${first.message}`, errors: faults });
}
