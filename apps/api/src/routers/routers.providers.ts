import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type RedisLink, RouterLease } from '@grey/propagation';
import type { Provider } from '@nestjs/common';
import { ChangesService } from '../changes/changes.service.ts';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { WAIT_CONVERGED } from '../infra/http/call.interceptor.ts';
import { REDIS_LINK } from '../infra/redis/redis-link.token.ts';
import { LiveReplicas, SoleReplica } from '../registry/live-replicas.ts';
import { Following } from '../routing/following.ts';
import { RouterState } from '../routing/router-state.ts';
import { KnownRoutersStore } from './known-routers.store.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { OwnRouter } from './own-router.ts';
import { Predecessors } from './predecessors.ts';
import { RouterMemory } from './router-memory.ts';
import { type RouterReports, RoutersService } from './routers.service.ts';
import { SharedRouters } from './shared-routers.ts';
import { SilentRouters } from './silent-routers.service.ts';

/** Injection token of the {@link RouterReports}. */
const ROUTER_REPORTS = Symbol('RouterReports');

/** Who routes. With Redis the replicas know each other, without it each is alone. */
export const routersProviders: Provider[] = [
  {
    provide: ROUTER_REPORTS,
    useFactory: (
      link: RedisLink | undefined,
      router: RouterState,
      following: Following,
      lease: RouterLease,
      config: Config,
    ) => {
      const self = { id: `${hostname()}-${randomBytes(4).toString('hex')}`, region: config.GREY_REGION ?? null };
      return link === undefined
        ? new OwnRouter(router, self.id, self.region, lease)
        : new SharedRouters(link, router, following, self, lease);
    },
    inject: [REDIS_LINK, RouterState, Following, RouterLease, CONFIG],
  },
  {
    provide: LiveReplicas,
    useFactory: (reports: RouterReports) =>
      reports instanceof SharedRouters ? reports : new SoleReplica(reports.ownId),
    inject: [ROUTER_REPORTS],
  },
  KnownRoutersStore,
  {
    provide: LeaseKeeper,
    useFactory: (
      reports: RouterReports,
      lease: RouterLease,
      store: KnownRoutersStore,
      router: RouterState,
      changes: ChangesService,
    ) =>
      new LeaseKeeper({
        lease,
        store,
        router,
        catchUp: (known) => changes.catchUp(known),
        report: () => reports.report(),
        isAlone: reports instanceof OwnRouter,
      }),
    inject: [ROUTER_REPORTS, RouterLease, KnownRoutersStore, RouterState, ChangesService],
  },
  {
    provide: RouterMemory,
    useFactory: (reports: RouterReports, lease: RouterLease, store: KnownRoutersStore) =>
      new RouterMemory({
        store,
        lookAround: reports instanceof SharedRouters ? () => reports.lookAround() : undefined,
        own: () => reports.report(),
        leaseMs: lease.leaseMs,
      }),
    inject: [ROUTER_REPORTS, RouterLease, KnownRoutersStore],
  },
  {
    provide: Predecessors,
    useFactory: (reports: RouterReports, store: KnownRoutersStore, config: Config) =>
      new Predecessors({
        folder: config.GREY_DATA_DIR,
        own: () => reports.report(),
        bury: (routers) => store.remember(routers.map((report) => ({ report, isGone: true }))),
      }),
    inject: [ROUTER_REPORTS, KnownRoutersStore, CONFIG],
  },
  {
    provide: RoutersService,
    useFactory: (reports: RouterReports, keeper: LeaseKeeper, memory: RouterMemory, predecessors: Predecessors) =>
      new RoutersService(reports, keeper, memory, predecessors),
    inject: [ROUTER_REPORTS, LeaseKeeper, RouterMemory, Predecessors],
  },
  {
    provide: SilentRouters,
    useFactory: (memory: RouterMemory, store: KnownRoutersStore, changes: ChangesService, reports: RouterReports) =>
      new SilentRouters({ memory, store, changes, reports }),
    inject: [RouterMemory, KnownRoutersStore, ChangesService, ROUTER_REPORTS],
  },
  {
    provide: WAIT_CONVERGED,
    useFactory: (routers: RoutersService) => routers.waitConverged.bind(routers),
    inject: [RoutersService],
  },
];
