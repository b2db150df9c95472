import type { RedisLink } from '@grey/propagation';
import type { Provider } from '@nestjs/common';
import { ChangeFeed } from '../changes/change-feed.ts';
import { SnapshotsService } from '../changes/snapshots.service.ts';
import { REDIS_LINK } from '../infra/redis/redis-link.token.ts';
import { Publishing } from './publishing.service.ts';

export const publishingProviders: Provider[] = [
  {
    provide: Publishing,
    useFactory: (link: RedisLink | undefined, snapshots: SnapshotsService, feed: ChangeFeed) =>
      new Publishing(link, snapshots, feed),
    inject: [REDIS_LINK, SnapshotsService, ChangeFeed],
  },
];
