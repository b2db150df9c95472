import type { operations, SilentRouter, SilentRouterList } from '@grey/contracts';
import { actorOf, type ChangesService } from '../changes/changes.service.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import type { KnownRoutersStore } from './known-routers.store.ts';
import type { RouterMemory, SilentSight } from './router-memory.ts';
import type { RouterReports } from './routers.service.ts';
import { showRouter } from './show-router.ts';

export interface SilentRoutersParts {
  readonly memory: Pick<RouterMemory, 'listSilent'>;
  readonly store: Pick<KnownRoutersStore, 'forget'>;
  readonly changes: Pick<ChangesService, 'commit'>;
  readonly reports: Pick<RouterReports, 'report'>;
}

/** Routers for which contracts wait because nobody knows whether they still route, and the word that they do not. */
export class SilentRouters {
  readonly #parts: SilentRoutersParts;

  constructor(parts: SilentRoutersParts) {
    this.#parts = parts;
  }

  /** @throws ApiError DATABASE_UNAVAILABLE */
  async list(): Promise<SilentRouterList> {
    const { routers, unsure } = await this.#parts.memory.listSilent();
    const items = routers.map((one) => this.#show(one)).sort((a, b) => (a.id < b.id ? -1 : 1));
    return { items, unsure: [...unsure] };
  }

  /**
   * Nobody waits any more for a router that an operator vouches for, until it reports again.
   * @throws ApiError TENANT_FORBIDDEN for who is bound to tenants, ROUTER_UNKNOWN, ROUTER_ALIVE, DATABASE_UNAVAILABLE
   */
  async forget({ caller, input }: Called<(typeof operations)['forgetRouter']>): Promise<SilentRouter> {
    if (caller.tenantIds !== null) throw new ApiError('TENANT_FORBIDDEN');
    const { routerId } = input.params;
    if (routerId === this.#parts.reports.report().id) throw new ApiError('ROUTER_ALIVE');
    const { routers } = await this.#parts.memory.listSilent(0);
    const found = routers.find(({ report }) => report.id === routerId);
    if (found === undefined) throw new ApiError('ROUTER_UNKNOWN');
    const { report, silentMs, leaseMs, isForgotten } = found;
    if (silentMs < 2 * leaseMs) throw new ApiError('ROUTER_ALIVE', { detail: `Silent for ${silentMs} ms only.` });
    const view = { ...this.#show(found), isForgotten: true };
    if (isForgotten) return view;
    const { kind, host } = report;
    const after = { kind, host, reportedAt: view.reportedAt, isForgotten: true };
    const item = { entity: 'router', tenantId: null, serviceId: null, key: routerId, before: null, after } as const;
    const request = { kind: 'router.forgotten', actor: actorOf(caller), reason: input.body.reason } as const;
    const answer = await this.#parts.changes.commit<SilentRouter>(request, async (tx) => {
      await this.#parts.store.forget(tx, report);
      return { items: [item], answer: () => view };
    });
    return answer as SilentRouter;
  }

  #show({ report, silentMs, isLapsed, isLost, isForgotten }: SilentSight): SilentRouter {
    return {
      ...showRouter(report, this.#parts.reports.report().position),
      silentMs: Math.round(silentMs),
      refuses: isLost ? 'recorded' : isLapsed ? 'marked' : 'nothing',
      isForgotten,
    };
  }
}
