import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import { formatTag, type Lane, makeLane, NO_LANE } from './lane.ts';
import type { LanePosition } from './position.ts';

const storage = new AsyncLocalStorage<Lane>();

/** The lane of the request that is being worked on; undefined outside of any request. */
export function currentLane(): Lane | undefined {
  return storage.getStore();
}

/** Runs `work` in a lane: it, and whatever it starts (promises, timers, streams), calls others with the lane's tag. */
export function runInLane<T>(lane: Lane, work: () => T): T {
  return storage.run(lane, work);
}

/**
 * Keeps the present lane in a function that somebody else will call: a listener on an emitter or a job of a pool that outlive
 * the request.
 */
export function bindLane<Args extends unknown[], Result>(work: (...args: Args) => Result): (...args: Args) => Result {
  return AsyncResource.bind(work);
}

/** Runs every listener of an emitter in a lane. A request's body is read from its socket, whose context is older than the lane. */
export function bindEmitter(emitter: EventEmitter, lane: Lane): void {
  const emit = emitter.emit;
  emitter.emit = (...args) => storage.run(lane, () => Reflect.apply(emit, emitter, args));
}

/** The part of an answer of /route that says which lane the call has entered. */
export interface LaneAnswer {
  readonly lane: string | null;
  readonly epoch: string;
  readonly revision: number;
}

/** The lane that an answer of /route has put a call into; `isStamped` makes the whole call tree decide at its revision. */
export function laneOf(answer: LaneAnswer, options: { readonly isStamped?: boolean } = {}): Lane {
  const position: LanePosition | null = options.isStamped ? answer : null;
  return makeLane({ tag: answer.lane, position });
}

/** What a service tells /route of the present call, to be merged into `requestMetadata`. */
export function laneMetadata(lane: Lane = currentLane() ?? NO_LANE): { tag?: string; position?: string } {
  const tag = lane.proof === null ? lane.tag : formatTag(lane);
  return { ...(tag === null ? {} : { tag }), ...(lane.position === null ? {} : { position: lane.position }) };
}
