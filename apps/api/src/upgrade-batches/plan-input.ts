import type { operations } from '@grey/contracts';
import type { Called } from '../infra/http/operation.decorator.ts';

/** A request for a batch, without a token. */
export type PlanInput = Called<(typeof operations)['planUpgradeBatch']>['input']['body'];
