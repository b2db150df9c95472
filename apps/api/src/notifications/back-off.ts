/** Longest pause between two attempts, in milliseconds. */
const LONGEST_MS = 600_000;

/**
 * Pause after the n-th failed attempt: doubles, and half of it is drawn, so that channels that failed together do not
 * come back together.
 *
 * @param draw in [0, 1) @returns milliseconds
 */
export function backOff(firstMs: number, attemptCount: number, draw: number): number {
  const whole = Math.min(firstMs * 2 ** Math.min(attemptCount - 1, 30), LONGEST_MS);
  return Math.round(whole / 2 + (whole / 2) * draw);
}
