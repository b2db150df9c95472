export { type Authenticate, isTrusted, type Revocation, type RouteCaller } from './caller.ts';
export { clientIpOf, unmapAddress } from './client-ip.ts';
export type { TrustOptions } from './judge-request.ts';
export { createRemoteKeys } from './remote-keys.ts';
export { type RequestNote, type RequestOutcome, requestOutcomes } from './request-note.ts';
export { createRouteListener, type RouteListener, type RouteListenerOptions } from './route-listener.ts';
export type { RouteMetrics } from './route-metrics.ts';
export { hashToken, TokenCache } from './token-cache.ts';
export { type UserTokenFault, type UserTokenOptions, UserTokens, type UserTokenVerdict } from './user-tokens.ts';
