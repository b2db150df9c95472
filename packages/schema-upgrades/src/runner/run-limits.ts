/** All in milliseconds but `attempts`. */
export interface RunLimits {
  /** For the session lock of tenant and service. */
  readonly lockWaitMs: number;
  /** For one statement to be carried out. */
  readonly statementTimeoutMs: number;
  /** For one statement to get its table locks; everybody who comes later waits behind it, so it is short. */
  readonly lockTimeoutMs: number;
  /** How often a migration is tried when time-outs or conflicts stop it. */
  readonly attempts: number;
  /** Before the second attempt; doubled for each further one, at most 5 s, and jittered. */
  readonly retryWaitMs: number;
  /** For the whole way; taking back afterwards has the same time again. */
  readonly timeoutMs: number;
  /** How long a database that has gone midway is waited for. */
  readonly reconnectWithinMs: number;
}

export const DEFAULT_RUN_LIMITS: RunLimits = {
  lockWaitMs: 30_000,
  statementTimeoutMs: 60_000,
  lockTimeoutMs: 3_000,
  attempts: 5,
  retryWaitMs: 200,
  timeoutMs: 300_000,
  reconnectWithinMs: 20_000,
};
