/** How far a change got while its answer waited; the `Grey-Convergence` header of the API. */
export interface Convergence {
  readonly applied: number;
  readonly total: number;
  readonly elapsedMs: number;
  /** Ids of routers that have not reported the change yet; the API names ten at most. */
  readonly missing: readonly string[];
}

export const convergenceHeader = 'Grey-Convergence';

/** Query of a change that the operator watches: routers that are well have it within milliseconds. */
export const untilConverged = { wait: 'converged', waitMs: 2_000 } as const;

/** Reads `applied=2, total=3, elapsed=12, missing=("id")`; undefined when it is something else. */
export function parseConvergence(text: string): Convergence | undefined {
  const found = /^applied=(\d+), total=(\d+), elapsed=(\d+), missing=\((.*)\)$/.exec(text);
  if (!found) return undefined;
  const missing = [...(found[4] ?? '').matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '');
  return { applied: Number(found[1]), total: Number(found[2]), elapsedMs: Number(found[3]), missing };
}

/** The result of a change, with what the routers said of it; undefined where nothing had to change. */
export interface Watched<T> {
  readonly result: T;
  readonly convergence: Convergence | undefined;
}

/** Runs a change that passes `onConvergence` on to `callApi`. */
export async function watchConvergence<T>(
  run: (onConvergence: (seen: Convergence) => void) => Promise<T>,
): Promise<Watched<T>> {
  let convergence: Convergence | undefined;
  const result = await run((seen) => {
    convergence = seen;
  });
  return { result, convergence };
}
