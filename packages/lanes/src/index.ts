export { type BaggageMember, baggageLimits, parseBaggage, type ReplacedBaggage, replaceMembers } from './baggage.ts';
export { HostList } from './host-list.ts';
export { KeyRing, type LaneKey, parseKeyRing } from './key-ring.ts';
export {
  formatTag,
  type Lane,
  makeLane,
  NO_LANE,
  type ProofParts,
  parseProof,
  parseTag,
  TAG_LENGTH_LIMIT,
} from './lane.ts';
export {
  bindEmitter,
  bindLane,
  currentLane,
  type LaneAnswer,
  laneMetadata,
  laneOf,
  runInLane,
} from './lane-context.ts';
export { LaneCounters, type LaneLoss, laneCounters, laneLosses } from './lane-counters.ts';
export { type LaneInterceptorOptions, laneInterceptor } from './lane-interceptor.ts';
export { type LaneMiddleware, type LaneMiddlewareOptions, laneMiddleware } from './lane-middleware.ts';
export {
  createOutgoingLane,
  type LaneHeaders,
  laneHeaderNames,
  type OutgoingLane,
  type OutgoingLaneOptions,
} from './outgoing-lane.ts';
export { decodeText, encodeText } from './percent-code.ts';
export { formatPosition, type LanePosition, parsePosition } from './position.ts';
export {
  type ArrivalLoss,
  type IncomingHeaders,
  isOurMember,
  POSITION_HEADER,
  POSITION_MEMBER,
  type ReadLane,
  readLane,
  TAG_HEADER,
  TAG_MEMBER,
} from './read-lane.ts';
export { type LaneVerdict, signLane, verifyLane } from './signed-lane.ts';
export { withLane } from './with-lane.ts';
