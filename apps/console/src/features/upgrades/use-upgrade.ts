import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getStreamUpgradeUrl, getUpgrade } from '../../api/generated/grey.ts';
import type { Upgrade, UpgradeEvent } from '../../api/generated/model/index.ts';
import { useFollowed } from '../../live/use-followed.ts';
import { isOver } from './upgrade-state.ts';

export const upgradeKey = (id: string) => ['upgrades', 'one', id] as const;

/** One upgrade as it goes on, statement by statement. */
export function useFollowedUpgrade(id: string) {
  return useFollowed<Upgrade>({
    queryKey: upgradeKey(id),
    load: (signal) => getUpgrade(id, { signal }),
    streamUrl: getStreamUpgradeUrl(id),
    pick: (event) => (event as UpgradeEvent).upgrade,
    isOver,
  });
}

/** All of an upgrade of which the list knows a line, as of now. */
export function useWholeUpgrade(id: string) {
  return useQuery({ queryKey: upgradeKey(id), queryFn: ({ signal }) => getUpgrade(id, { signal }), staleTime: 1_000 });
}

/** Something done to an upgrade: the answer is shown at once, lists and batches are read again. */
export function useUpgradeChange(onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (call: () => Promise<Upgrade>) => call(),
    onSuccess: (upgrade) => {
      client.setQueryData(upgradeKey(upgrade.id), upgrade);
      void client.invalidateQueries({ queryKey: ['upgrades', 'list'] });
      void client.invalidateQueries({ queryKey: ['upgrade-batches'] });
      onDone();
    },
  });
}
