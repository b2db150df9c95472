import { type Address, parseAddress } from './ip-address.ts';

/** A network or a single address. `bits` of the prefix; host bits are cleared. */
export interface Network {
  readonly address: Address;
  readonly bits: number;
}

/**
 * The network that a text writes: an address, and after a slash the length of its prefix in digits without leading zeros.
 * A v4-mapped network (`::ffff:10.0.0.0/104`) is the v4 one, if its prefix covers the mapping; null for anything else.
 */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf('/');
  const written = slash < 0 ? text : text.slice(0, slash);
  const address = parseAddress(written);
  if (address === null) return null;
  const isV6Text = written.includes(':');
  let bits = isV6Text ? 128 : 32;
  if (slash >= 0) {
    const length = text.slice(slash + 1);
    if (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > bits) return null;
    bits = Number(length);
  }
  if (address.family === 6 || !isV6Text) return { address, bits };
  // Mapped: with fewer than 96 bits it would also hold v6 addresses, and such a set never holds a v4 client.
  if (bits >= 96) return { address, bits: bits - 96 };
  return { address: { family: 6, words: [0, 0, 0xffff, address.value] }, bits };
}

/** Whether an address lies in one of the networks. v4 networks hold v4 addresses only, v6 networks v6 only. */
export function compileNetworks(texts: readonly string[]): (address: Address | null) => boolean {
  const networks = texts.map(parseNetwork).filter((network) => network !== null);
  const isInV4 = compileRanges(networks);
  const isInV6 = compileWords(networks);
  return (address) => address !== null && (address.family === 4 ? isInV4(address.value) : isInV6(address.words));
}

/** v4 networks as sorted ranges that do not touch, looked up by halving. */
function compileRanges(networks: readonly Network[]): (value: number) => boolean {
  const ranges: [first: number, last: number][] = [];
  for (const { address, bits } of networks) {
    if (address.family !== 4) continue;
    const size = 2 ** (32 - bits);
    const first = address.value - (address.value % size);
    ranges.push([first, first + size - 1]);
  }
  ranges.sort((x, y) => x[0] - y[0]);
  const firsts: number[] = [];
  const lasts: number[] = [];
  for (const [first, last] of ranges) {
    const end = lasts.length - 1;
    if (end >= 0 && first <= lasts[end]! + 1) lasts[end] = Math.max(lasts[end]!, last);
    else {
      firsts.push(first);
      lasts.push(last);
    }
  }
  return (value) => {
    let low = 0;
    let high = firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (firsts[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low > 0 && value <= lasts[low - 1]!;
  };
}

/** v6 networks as words and masks, one after the other. */
function compileWords(networks: readonly Network[]): (words: readonly number[]) => boolean {
  const wanted: number[] = [];
  const masks: number[] = [];
  for (const { address, bits } of networks) {
    if (address.family !== 6) continue;
    for (let i = 0; i < 4; i++) {
      const own = Math.min(32, Math.max(0, bits - 32 * i));
      const mask = own === 0 ? 0 : -1 << (32 - own);
      masks.push(mask);
      wanted.push(address.words[i]! & mask);
    }
  }
  return (words) => {
    for (let at = 0; at < wanted.length; at += 4) {
      if (
        (words[0]! & masks[at]!) === wanted[at] &&
        (words[1]! & masks[at + 1]!) === wanted[at + 1] &&
        (words[2]! & masks[at + 2]!) === wanted[at + 2] &&
        (words[3]! & masks[at + 3]!) === wanted[at + 3]
      ) {
        return true;
      }
    }
    return false;
  };
}
