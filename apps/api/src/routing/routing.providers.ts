import type { RedisLink } from '@grey/propagation';
import { createDecisionEnv } from '@grey/route-core';
import { createRouteListener, TokenCache } from '@grey/route-module';
import { Logger, type Provider } from '@nestjs/common';
import { TokensService } from '../access/tokens.service.ts';
import { ChangeFeed } from '../changes/change-feed.ts';
import { ChangesService } from '../changes/changes.service.ts';
import { SnapshotsService } from '../changes/snapshots.service.ts';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { REDIS_LINK } from '../infra/redis/redis-link.token.ts';
import { RouterMetrics } from '../infra/telemetry/router-metrics.ts';
import { Following } from './following.ts';
import { LastGood } from './last-good.ts';
import { RouterState } from './router-state.ts';

/** The listener that stands in front of Nest on the same server: `(req, res) => boolean`. */
export const ROUTE_LISTENER = Symbol('RouteListener');

export const routingProviders: Provider[] = [
  {
    provide: RouterState,
    useFactory: (store: SnapshotsService, feed: ChangeFeed) => new RouterState(store, feed),
    inject: [SnapshotsService, ChangeFeed],
  },
  {
    provide: LastGood,
    useFactory: (router: RouterState, config: Config) => new LastGood(router, config.GREY_DATA_DIR),
    inject: [RouterState, CONFIG],
  },
  {
    provide: Following,
    useFactory: (link: RedisLink | undefined, router: RouterState, changes: ChangesService) =>
      new Following(link, router, changes),
    inject: [REDIS_LINK, RouterState, ChangesService],
  },
  {
    provide: ROUTE_LISTENER,
    useFactory: (router: RouterState, tokens: TokensService, metrics: RouterMetrics) => {
      const logger = new Logger('routing');
      const cache = new TokenCache({ authenticate: (bearer) => tokens.authenticate(bearer) });
      tokens.onRevoked((what) => cache.revoke(what));
      return createRouteListener({
        getSnapshot: () => router.snapshot,
        env: createDecisionEnv(),
        tokens: cache,
        metrics,
        onError: (error, req) => logger.error({ err: error, msg: `${req.method} ${req.url} failed` }),
      });
    },
    inject: [RouterState, TokensService, RouterMetrics],
  },
];
