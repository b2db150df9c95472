import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { RedisLink } from '@grey/propagation';
import type { Provider } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { WAIT_CONVERGED } from '../infra/http/call.interceptor.ts';
import { REDIS_LINK } from '../infra/redis/redis-link.token.ts';
import { LiveReplicas, SoleReplica } from '../registry/live-replicas.ts';
import { Following } from '../routing/following.ts';
import { RouterState } from '../routing/router-state.ts';
import { OwnRouter } from './own-router.ts';
import { type RouterReports, RoutersService } from './routers.service.ts';
import { SharedRouters } from './shared-routers.ts';

/** Injection token of the {@link RouterReports}. */
const ROUTER_REPORTS = Symbol('RouterReports');

/** Who routes. With Redis the replicas know each other, without it each is alone. */
export const routersProviders: Provider[] = [
  {
    provide: ROUTER_REPORTS,
    useFactory: (link: RedisLink | undefined, router: RouterState, following: Following, config: Config) => {
      const self = { id: `${hostname()}-${randomBytes(4).toString('hex')}`, region: config.GREY_REGION ?? null };
      return link === undefined
        ? new OwnRouter(router, self.id, self.region)
        : new SharedRouters(link, router, following, self);
    },
    inject: [REDIS_LINK, RouterState, Following, CONFIG],
  },
  {
    provide: LiveReplicas,
    useFactory: (reports: RouterReports) =>
      reports instanceof SharedRouters ? reports : new SoleReplica(reports.ownId),
    inject: [ROUTER_REPORTS],
  },
  {
    provide: RoutersService,
    useFactory: (reports: RouterReports) => new RoutersService(reports),
    inject: [ROUTER_REPORTS],
  },
  {
    provide: WAIT_CONVERGED,
    useFactory: (routers: RoutersService) => routers.waitConverged.bind(routers),
    inject: [RoutersService],
  },
];
