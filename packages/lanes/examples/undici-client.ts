import { Agent, type Dispatcher } from 'undici';
import { laneInterceptor } from '../src/index.ts';

/** A dispatcher for `request`, `fetch` and `stream` of undici that takes the lane along to these hosts. */
export function createLaneAgent(hosts: string[]): Dispatcher {
  return new Agent().compose(laneInterceptor({ hosts }));
}
