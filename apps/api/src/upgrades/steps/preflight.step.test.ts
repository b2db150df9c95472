import { expect, it } from 'vitest';
import { ApiError } from '../../infra/http/api-error.ts';
import type { StepContext } from '../upgrade-step.ts';
import { pass, refuse } from './check-row.ts';
import { PreflightStep } from './preflight.step.ts';

it('hears of the instances first, which a replica that has just come up may not know', async () => {
  let isFresh = false;
  const row = () =>
    isFresh ? pass('instances', 'One can answer.') : refuse('instances', 'No instance can answer.', 'Start one.');
  const step = new PreflightStep(
    { check: async () => ({ checks: [row()], floor: 0, isAllowed: isFresh }) } as never,
    { session: () => Promise.reject(new ApiError('DATA_SOURCE_MISSING')) } as never,
    { register: () => undefined } as never,
    {
      freshen: async (serviceId) => {
        isFresh = serviceId === 'pay';
      },
    },
  );
  const upgrade = { tenantId: 't', serviceId: 'pay', overrideReason: null };
  const context = { upgrade, write: (work: () => unknown) => work(), remember: async () => undefined };
  expect(await step.run(context as unknown as StepContext)).toMatchObject({ kind: 'done' });
});
