import { notifications } from '@mantine/notifications';
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import type { CallInit } from '../../api/call-api.ts';
import { untilConverged, watchConvergence } from '../../api/convergence.ts';
import { useEffectiveWords } from './effective-words.ts';

interface WatchedCall {
  call: (params: typeof untilConverged, init: CallInit) => Promise<unknown>;
  headers?: Record<string, string>;
  /** What is said to be done, above how far it got. */
  done: string;
}

/** A change that waits for the routers: afterwards it says on how many it is effective. */
export function useWatchedChange(outdated: readonly QueryKey[], onDone: () => void) {
  const client = useQueryClient();
  const wordEffective = useEffectiveWords();
  return useMutation({
    mutationFn: ({ call, headers = {} }: WatchedCall) =>
      watchConvergence((onConvergence) => call(untilConverged, { headers, onConvergence })),
    onSuccess: async ({ convergence }, { done }) => {
      await Promise.all(outdated.map((queryKey) => client.invalidateQueries({ queryKey })));
      notifications.show({ title: done, message: wordEffective(convergence) });
      onDone();
    },
  });
}
