import type { SnapshotSource } from '@grey/route-core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { analyzeRules, getServiceSource } from '../../api/generated/grey.ts';
import type { RuleFinding } from '../../api/generated/model/index.ts';
import { judgeRules } from './judge-rules.ts';
import { type RuleSet, stableText } from './rule-types.ts';

const settleMs = 300;

export interface Findings {
  /** Undefined until they are known. */
  readonly list: readonly RuleFinding[] | undefined;
  /** What it would say of other rules; undefined where only the API can tell. */
  judge(rules: RuleSet): readonly RuleFinding[] | undefined;
  readonly error: Error | null;
  retry(): void;
}

/**
 * What the analysis says of the rules on the screen, shortly after each edit. The engine says it in the browser, from what
 * the router holds; while the router has nothing to read that from, the API is asked.
 */
export function useFindings(serviceId: string, ruleSet: RuleSet): Findings {
  const [settled] = useDebouncedValue(ruleSet, settleMs);
  const source = useQuery({
    queryKey: ['service-source', serviceId],
    // The API parsed the records; the contract leaves their fields to the engine.
    queryFn: async ({ signal }) => (await getServiceSource(serviceId, {}, { signal })) as unknown as SnapshotSource,
    retry: false,
  });
  const { data } = source;
  const judge = useCallback((rules: RuleSet) => data && judgeRules(data, serviceId, rules), [data, serviceId]);
  const judged = useMemo(() => judge(settled), [judge, settled]);
  const text = useMemo(() => stableText(settled), [settled]);
  const asked = useQuery({
    queryKey: ['rule-findings', serviceId, text],
    queryFn: async ({ signal }) => (await analyzeRules(serviceId, settled, { signal })).findings,
    enabled: !judged && !source.isPending,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    retry: false,
  });
  return {
    list: judged ?? asked.data,
    judge,
    error: judged ? null : asked.error,
    retry: () => void Promise.all([source.refetch(), asked.refetch()]),
  };
}
