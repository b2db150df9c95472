export type { Authenticate, Revocation, RouteCaller } from './caller.ts';
export { createRouteListener, type RouteListener, type RouteListenerOptions } from './route-listener.ts';
export type { RouteMetrics } from './route-metrics.ts';
export { hashToken, TokenCache } from './token-cache.ts';
