import type { RedisLink } from '@grey/propagation';
import type { Provider } from '@nestjs/common';
import { ChangeFeed } from '../changes/change-feed.ts';
import { ChangesService } from '../changes/changes.service.ts';
import { SnapshotsService } from '../changes/snapshots.service.ts';
import { REDIS_LINK } from '../infra/redis/redis-link.token.ts';
import { Following } from '../routing/following.ts';
import { DistributionStatus } from './distribution-status.ts';
import { Publishing } from './publishing.service.ts';

export const publishingProviders: Provider[] = [
  {
    provide: Publishing,
    useFactory: (link: RedisLink | undefined, snapshots: SnapshotsService, feed: ChangeFeed, changes: ChangesService) =>
      new Publishing(link, snapshots, feed, changes),
    inject: [REDIS_LINK, SnapshotsService, ChangeFeed, ChangesService],
  },
  {
    provide: DistributionStatus,
    useFactory: (link: RedisLink | undefined, publishing: Publishing, following: Following) =>
      new DistributionStatus({ link, publishing, following }),
    inject: [REDIS_LINK, Publishing, Following],
  },
];
