import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Provider } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { WAIT_CONVERGED } from '../infra/http/call.interceptor.ts';
import { RouterState } from '../routing/router-state.ts';
import { OwnRouter } from './own-router.ts';
import { type RouterReports, RoutersService } from './routers.service.ts';

/** Injection token of the {@link RouterReports}. */
export const ROUTER_REPORTS = Symbol('RouterReports');

export const routersProviders: Provider[] = [
  {
    provide: OwnRouter,
    useFactory: (router: RouterState, config: Config) =>
      new OwnRouter(router, `${hostname()}-${randomBytes(4).toString('hex')}`, config.GREY_REGION ?? null),
    inject: [RouterState, CONFIG],
  },
  { provide: ROUTER_REPORTS, useExisting: OwnRouter },
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
