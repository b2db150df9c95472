import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { analyzeRules } from '../../api/generated/grey.ts';
import type { RuleFinding } from '../../api/generated/model/index.ts';
import { type RuleSet, stableText } from './rule-types.ts';

const settleMs = 300;

/** What the analysis says of the rules on the screen, shortly after each edit. */
export function useFindings(serviceId: string, ruleSet: RuleSet) {
  const [settled] = useDebouncedValue(ruleSet, settleMs);
  return useQuery({
    queryKey: ['rule-findings', serviceId, stableText(settled)],
    queryFn: async ({ signal }): Promise<RuleFinding[]> =>
      (await analyzeRules(serviceId, settled, { signal })).findings,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    retry: false,
  });
}
