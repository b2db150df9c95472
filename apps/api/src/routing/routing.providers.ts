import { type RedisLink, RouterLease } from '@grey/propagation';
import { createDecisionEnv, SnapshotHistory } from '@grey/route-core';
import { createRouteListener, type RouteMetrics, TokenCache } from '@grey/route-module';
import { Logger, type Provider } from '@nestjs/common';
import { TokensService } from '../access/tokens.service.ts';
import { ChangeFeed } from '../changes/change-feed.ts';
import { ChangesService } from '../changes/changes.service.ts';
import { SnapshotsService } from '../changes/snapshots.service.ts';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { REDIS_LINK } from '../infra/redis/redis-link.token.ts';
import { RouterMetrics } from '../infra/telemetry/router-metrics.ts';
import { DecisionCounters } from './decision-counters.ts';
import { DecisionListeners } from './decision-listeners.ts';
import { Following } from './following.ts';
import { LastGood } from './last-good.ts';
import { makeUserTokens } from './make-user-tokens.ts';
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
    provide: RouterLease,
    useFactory: (config: Config) =>
      new RouterLease({ leaseMs: config.GREY_ROUTER_LEASE_MS, lostMs: config.GREY_ROUTER_LOST_MS }),
    inject: [CONFIG],
  },
  {
    provide: Following,
    useFactory: (link: RedisLink | undefined, router: RouterState, changes: ChangesService, lease: RouterLease) =>
      new Following(link, router, changes, lease),
    inject: [REDIS_LINK, RouterState, ChangesService, RouterLease],
  },
  DecisionCounters,
  DecisionListeners,
  {
    provide: SnapshotHistory,
    useFactory: (router: RouterState, config: Config) => {
      const history = new SnapshotHistory(config.GREY_KEPT_REVISIONS);
      if (router.snapshot !== undefined) history.add(router.snapshot);
      router.onChanged((snapshot) => history.add(snapshot));
      return history;
    },
    inject: [RouterState, CONFIG],
  },
  {
    provide: ROUTE_LISTENER,
    useFactory: (
      router: RouterState,
      history: SnapshotHistory,
      tokens: TokensService,
      metrics: RouterMetrics,
      counters: DecisionCounters,
      listeners: DecisionListeners,
      lease: RouterLease,
      config: Config,
    ) => {
      const logger = new Logger('routing');
      const cache = new TokenCache({ authenticate: (bearer) => tokens.authenticate(bearer) });
      tokens.onRevoked((what) => cache.revoke(what));
      return createRouteListener({
        getSnapshot: () => router.snapshot,
        getSnapshotAt: (position) => history.at(position),
        env: createDecisionEnv({ lease }),
        tokens: cache,
        metrics: bothOf(metrics, counters),
        laneKeys: config.GREY_LANE_KEYS,
        userTokens: makeUserTokens(config),
        trustedHops: config.GREY_TRUSTED_HOPS,
        onDecided: (request, decision) => listeners.tell(request, decision),
        onError: (error, req) => logger.error({ err: error, msg: `${req.method} ${req.url} failed` }),
      });
    },
    inject: [
      RouterState,
      SnapshotHistory,
      TokensService,
      RouterMetrics,
      DecisionCounters,
      DecisionListeners,
      RouterLease,
      CONFIG,
    ],
  },
];

function bothOf(metrics: RouterMetrics, counters: DecisionCounters): RouteMetrics {
  return {
    decided: (decision) => {
      metrics.decided(decision);
      counters.decided(decision);
    },
    rejected: (status) => metrics.rejected(status),
    noted: (outcome) => counters.noted(outcome),
    took: (seconds) => metrics.took(seconds),
  };
}
