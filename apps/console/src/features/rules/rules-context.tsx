import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useMemo } from 'react';
import { getSamples, listLanes, listVersions } from '../../api/generated/grey.ts';
import type { Version } from '../../api/generated/model/index.ts';
import { usePermission } from '../access/me.ts';

interface RulesContextValue {
  readonly serviceId: string;
  readonly versions: readonly Version[];
  readonly versionNames: readonly string[];
  readonly laneTags: readonly string[];
  /** Names of headers that the router saw or keeps, for completion. */
  readonly headerNames: readonly string[];
  readonly mayDraft: boolean;
  readonly mayPublish: boolean;
}
const RulesContext = createContext<RulesContextValue | null>(null);
const commonHeaders = ['user-agent', 'referer', 'accept-language', 'x-forwarded-for', 'x-request-id'];

/** What every part of the page needs to know of the service. */
export function RulesProvider({ serviceId, children }: { serviceId: string; children: ReactNode }) {
  const mayDraft = usePermission('routing.draft');
  const mayPublish = usePermission('routing.publish');
  const versions = useQuery({
    queryKey: ['versions', serviceId],
    queryFn: ({ signal }) => listVersions(serviceId, { signal }),
  });
  const lanes = useQuery({ queryKey: ['lanes'], queryFn: ({ signal }) => listLanes({ signal }) });
  const samples = useQuery({
    queryKey: ['samples', serviceId],
    queryFn: ({ signal }) => getSamples(serviceId, { signal }),
    enabled: mayDraft,
  });
  const value = useMemo((): RulesContextValue => {
    const all = versions.data?.items ?? [];
    const seen =
      samples.data?.items.flatMap(({ metadata }) => Object.keys((metadata['headers'] ?? {}) as object)) ?? [];
    const headers = [...(samples.data?.keptHeaders ?? []), ...seen, ...commonHeaders].map((name) => name.toLowerCase());
    return {
      serviceId,
      versions: all,
      versionNames: all.map(({ version }) => version),
      laneTags: lanes.data?.items.map(({ tag }) => tag) ?? [],
      // Some are kept by a pattern, which is no name.
      headerNames: [...new Set(headers)].filter((name) => !name.includes('*')).sort(),
      mayDraft,
      mayPublish,
    };
  }, [serviceId, versions.data, lanes.data, samples.data, mayDraft, mayPublish]);
  return <RulesContext value={value}>{children}</RulesContext>;
}

export function useRulesContext(): RulesContextValue {
  const value = use(RulesContext);
  if (!value) throw new Error('useRulesContext outside RulesProvider');
  return value;
}
