import type { Provider } from '@nestjs/common';
import { TokensService } from '../access/tokens.service.ts';
import { ChangeFeed } from '../changes/change-feed.ts';
import { SnapshotsService } from '../changes/snapshots.service.ts';
import { InstanceRegistry } from '../registry/instance-registry.ts';
import { RouterState } from '../routing/router-state.ts';
import { StreamHub } from './stream-hub.ts';

export const streamProviders: Provider[] = [
  {
    provide: StreamHub,
    useFactory: (
      router: RouterState,
      store: SnapshotsService,
      feed: ChangeFeed,
      registry: InstanceRegistry,
      tokens: TokensService,
    ) => new StreamHub({ router, store, feed, registry, tokens }),
    inject: [RouterState, SnapshotsService, ChangeFeed, InstanceRegistry, TokensService],
  },
];
