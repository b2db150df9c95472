import type { Address } from '../conditions/ip-address.ts';
import { type Network, parseNetwork } from '../conditions/match-networks.ts';
import { onceForEach } from './once-for-each.ts';

/** The networks of a list that are any; the engine passes over the others, too. */
export const readNetworks = onceForEach((texts: readonly string[]): readonly Network[] =>
  texts.map(parseNetwork).filter((network) => network !== null),
);

/** Whether each of the networks lies in one of the others. Two halves beside one another are not put together. */
export function isWithin(inner: readonly Network[], outer: readonly Network[]): boolean {
  return inner.every((network) =>
    outer.some((other) => other.bits <= network.bits && isSamePrefix(network, other, other.bits)),
  );
}

/** Whether no address lies in a network of each. */
export function areApart(xs: readonly Network[], ys: readonly Network[]): boolean {
  return !xs.some((x) => ys.some((y) => isSamePrefix(x, y, Math.min(x.bits, y.bits))));
}

function isSamePrefix(x: Network, y: Network, bits: number): boolean {
  if (x.address.family !== y.address.family) return false;
  const [wordsX, wordsY] = [wordsOf(x.address), wordsOf(y.address)];
  return wordsX.every((word, i) => {
    const own = Math.min(32, Math.max(0, bits - 32 * i));
    const mask = own === 0 ? 0 : -1 << (32 - own);
    return ((word ^ wordsY[i]!) & mask) === 0;
  });
}

function wordsOf(address: Address): readonly number[] {
  return address.family === 4 ? [address.value] : address.words;
}
