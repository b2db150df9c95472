import { useEffect } from 'react';

/** Progress makes no change in the log that the stream would tell of. */
const rereadMs = 3_000;

/** Reads again, every few seconds, while something moves and somebody looks. */
export function useRereadWhile(isMoving: boolean, refetch: () => unknown): void {
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && refetch(), rereadMs);
    return () => clearInterval(timer);
  }, [isMoving, refetch]);
}
