/** As the operator gave it; both: the smaller counts, neither: no failure is forgiven. */
export interface FailureBudget {
  readonly count?: number | undefined;
  readonly percent?: number | undefined;
}

/** How many failures a wave of a size may have. A percentage is rounded down: 10 % of 9 tenants forgive none. */
export function failuresAllowed({ count, percent }: FailureBudget, size: number): number {
  const limits = [
    ...(count === undefined ? [] : [count]),
    // In hundredths, so that 29 % of 100 are not 28.999….
    ...(percent === undefined ? [] : [Math.floor((Math.round(percent * 100) * size) / 10_000)]),
  ];
  return limits.length === 0 ? 0 : Math.min(...limits);
}
