import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { emergencyRollback } from '../../api/generated/grey.ts';
import type { EmergencyRollback, RollbackResult } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { judgeFailure } from './judge-failure.ts';

/** The answer waits this long for the routers; those that are well have it within milliseconds. */
const params = { wait: 'converged', waitMs: 1_000 } as const;

const outdated = [['holds'], ['rollbacks'], ['service-source'], ['tenant-services'], ['matrix'], ['changes']];

/**
 * Sends a rollback. `sent` is what may be in force: it stays until the API has refused it, and to send it again is to repeat
 * the same request under the same key, which has one effect.
 */
export function useRollback(onDone: () => void) {
  const client = useQueryClient();
  const keyFor = useIdempotencyKey();
  const [sent, setSent] = useState<EmergencyRollback>();
  const rollback = useMutation({
    mutationFn: async (body: EmergencyRollback): Promise<{ result: RollbackResult; tookMs: number }> => {
      const startedAt = performance.now();
      const result = await emergencyRollback(body, params, { headers: { 'idempotency-key': keyFor(body) } });
      return { result, tookMs: performance.now() - startedAt };
    },
    onMutate: setSent,
    onError: (error) => {
      if (judgeFailure(error) !== 'unknown') setSent(undefined);
    },
    onSuccess: () => {
      onDone();
      for (const queryKey of outdated) void client.invalidateQueries({ queryKey });
    },
  });
  return { rollback, send: rollback.mutate, sent };
}
