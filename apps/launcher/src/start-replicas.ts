import path from 'node:path';
import { logFolder, pathForPeople } from './locations.ts';
import type { Child } from './start-child.ts';

/** One process of the API. */
export interface Replica {
  readonly number: number;
  /** Base URL. */
  readonly url: string;
  readonly child: Child;
}

/**
 * Starts the replicas and resolves when each is ready. The first is ready before the others begin: it applies the
 * migrations, and the first password must lie where the announcement says.
 *
 * @param urls base URL of each
 * @param startOne starts the replica of that number, 1 and up
 * @param waitForOne resolves when it is ready, rejects when it never will be
 */
export async function startReplicas(
  urls: readonly string[],
  startOne: (number: number) => Child,
  waitForOne: (child: Child, url: string) => Promise<void>,
): Promise<Replica[]> {
  const begin = (url: string, index: number) => ({ number: index + 1, url, child: startOne(index + 1) });
  const first = begin(urls[0] as string, 0);
  await waitForOne(first.child, first.url);
  const others = urls.slice(1).map((url, index) => begin(url, index + 1));
  await Promise.all(others.map(({ child, url }) => waitForOne(child, url)));
  return [first, ...others];
}

/**
 * Says which replica ended while others go on.
 *
 * @param say told one sentence for each
 * @returns the one that ended last, when it has
 */
export async function watchReplicas(
  replicas: readonly Replica[],
  signal: AbortSignal,
  say: (sentence: string) => void,
): Promise<Replica> {
  const ended: Replica[] = [];
  await Promise.all(
    replicas.map(async (replica) => {
      await replica.child.ended;
      ended.push(replica);
      const { number, url, child } = replica;
      const livingCount = replicas.length - ended.length;
      if (signal.aborted || livingCount === 0) return;
      const log = pathForPeople(path.join(logFolder, `${child.name}.log`));
      const goOn = `${livingCount} of ${replicas.length} ${livingCount === 1 ? 'goes' : 'go'} on`;
      say(`Replica ${number} at ${url} (process ${child.pid}) ended by itself, its log is ${log}; ${goOn}.`);
    }),
  );
  return ended.at(-1) as Replica;
}
