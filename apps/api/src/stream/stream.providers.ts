import type { Provider } from '@nestjs/common';
import { TokensService } from '../access/tokens.service.ts';
import { ChangeFeed } from '../changes/change-feed.ts';
import { SnapshotStore } from '../changes/snapshot.store.ts';
import { InstanceRegistry } from '../registry/instance-registry.ts';
import { RouterState } from '../routing/router-state.ts';
import { StreamHub } from './stream-hub.ts';

export const streamProviders: Provider[] = [
  {
    provide: StreamHub,
    useFactory: (
      router: RouterState,
      store: SnapshotStore,
      feed: ChangeFeed,
      registry: InstanceRegistry,
      tokens: TokensService,
    ) => new StreamHub({ router, store, feed, registry, tokens }),
    inject: [RouterState, SnapshotStore, ChangeFeed, InstanceRegistry, TokensService],
  },
];
