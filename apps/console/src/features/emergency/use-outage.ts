import { useQuery } from '@tanstack/react-query';
import { getHealth } from '../../api/generated/grey.ts';

/** Nothing tells when PostgreSQL goes or comes: asked again now and then. */
const rereadMs = 3_000;

export interface Outage {
  readonly isDatabaseAway: boolean;
  /** `off`: none is configured, the replica that answers is the only one. */
  readonly redis: 'up' | 'down' | 'off';
}

/** What is away, as far as it matters to a rollback; nothing as long as nobody knows. */
export function useOutage(): Outage {
  const { data } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => getHealth({ signal }),
    refetchInterval: rereadMs,
    retry: false,
  });
  return {
    isDatabaseAway: data?.parts['database']?.status === 'down',
    redis: data?.parts['redis']?.status ?? 'off',
  };
}
