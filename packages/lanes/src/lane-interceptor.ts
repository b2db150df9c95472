import { createOutgoingLane, laneHeaderNames, type OutgoingLane, type OutgoingLaneOptions } from './outgoing-lane.ts';

type HeaderValue = string | readonly string[] | null | undefined;

/** The part of undici's DispatchOptions that concerns headers; any version from 6 fits. */
interface Dispatched {
  readonly origin?: string | URL | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: undici takes objects, flat lists and iterables, and its types differ by version
  readonly headers?: any;
}

export interface LaneInterceptorOptions extends OutgoingLaneOptions {
  /** Where a `Client` or `Pool` of undici 6 or 7 leads: unlike an `Agent` they do not tell. */
  readonly origin?: string | URL;
}

/** Of nobody: what is known of no host goes to none, unless the list says `*`. */
const UNKNOWN = 'http://unknown.invalid';

/**
 * For undici's `dispatcher.compose(laneInterceptor(…))`: sends the present lane along, on every dispatch anew, also on those
 * that follow a redirect.
 */
export function laneInterceptor(
  options: LaneInterceptorOptions,
): <Options extends Dispatched, Handler, Result>(
  dispatch: (options: Options, handler: Handler) => Result,
) => (options: Options, handler: Handler) => Result {
  const outgoing = createOutgoingLane(options);
  return (dispatch) => (request, handler) =>
    dispatch(
      { ...request, headers: withLaneHeaders(outgoing, request.origin ?? options.origin ?? UNKNOWN, request) },
      handler,
    );
}

function withLaneHeaders(outgoing: OutgoingLane, origin: string | URL, { headers }: Dispatched): string[] {
  const pairs = [...pairsOf(headers)];
  const given = (name: string): string | undefined => {
    const values = pairs.filter(([own]) => own.toLowerCase() === name).flatMap(([, value]) => value ?? []);
    return values.length === 0 ? undefined : values.join(',');
  };
  const lane = outgoing(new URL(origin), given);
  const flat: string[] = [];
  for (const [name, value] of pairs) {
    if (name.toLowerCase() in lane || value === undefined || value === null) continue;
    for (const one of typeof value === 'string' ? [value] : value) flat.push(name, one);
  }
  for (const name of laneHeaderNames) {
    const value = lane[name];
    if (value !== undefined) flat.push(name, value);
  }
  return flat;
}

function* pairsOf(headers: unknown): Iterable<[string, HeaderValue]> {
  if (headers === null || headers === undefined) return;
  if (Array.isArray(headers)) {
    for (let i = 0; i + 1 < headers.length; i += 2) yield [String(headers[i]), headers[i + 1] as HeaderValue];
  } else if (typeof (headers as Iterable<unknown>)[Symbol.iterator] === 'function') {
    yield* headers as Iterable<[string, HeaderValue]>;
  } else yield* Object.entries(headers as Record<string, HeaderValue>);
}
