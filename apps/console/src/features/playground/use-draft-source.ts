import type { SnapshotSource } from '@grey/route-core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { getRules } from '../../api/generated/grey.ts';
import { composeRules } from './compose-rules.ts';

export interface DraftSource {
  /** The source with the draft's rules; undefined where there is no draft, or it cannot be decided by. */
  readonly source: SnapshotSource | undefined;
  /** Why the saved draft cannot be decided by. */
  readonly fault: string | undefined;
}

const none: DraftSource = { source: undefined, fault: undefined };

/** What the routers would have, were the saved draft published now. */
export function useDraftSource(source: SnapshotSource, serviceId: string): DraftSource {
  const rules = useQuery({ queryKey: ['rules', serviceId], queryFn: ({ signal }) => getRules(serviceId, { signal }) });
  const draft = rules.data?.draft;
  return useMemo(() => {
    if (!draft) return none;
    try {
      return { source: composeRules(source, serviceId, draft), fault: undefined };
    } catch (error) {
      return { source: undefined, fault: error instanceof Error ? error.message : String(error) };
    }
  }, [source, serviceId, draft]);
}
