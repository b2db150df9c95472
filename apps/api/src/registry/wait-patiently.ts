import { ApiError } from '../infra/http/api-error.ts';

/**
 * Waits for `work`, but not for ever; what comes too late goes on by itself. What goes wrong is reported, except what the
 * caller has to know.
 * @throws ApiError of `work`
 */
export async function waitPatiently(
  work: Promise<void>,
  patienceMs: number,
  report: (error: unknown) => void,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  const done = work.catch((error: unknown) => {
    if (error instanceof ApiError) throw error;
    report(error);
  });
  // Whoever has stopped waiting does not hear of a refusal either.
  done.catch(() => undefined);
  try {
    await Promise.race([done, patience]);
  } finally {
    clearTimeout(timer);
  }
}
