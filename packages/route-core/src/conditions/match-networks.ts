import { type Address, parseAddress, parseV4 } from './ip-address.ts';

/** `255.255.255.255` */
const LONGEST_V4 = 15;
/** As far before '0'. */
const FULL_STOP = -2;

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

/** Whether the address that a text writes lies in one of the networks. v4 networks hold v4 addresses only, v6 networks v6 only. */
export function compileNetworks(texts: readonly string[]): (text: string) => boolean {
  const networks = texts.map(parseNetwork).filter((network) => network !== null);
  const { firsts, lasts } = compileRanges(networks);
  const firstOctets = findFirstOctets(firsts, lasts);
  const isInV6 = compileWords(networks);
  return (text) => {
    // Most clients come from elsewhere, which the first octet shows: what has a full stop after it is no v6 address.
    const octet = readFirstOctet(text);
    if (octet >= 0 && firstOctets[octet] === 0) return false;
    const v4 = text.length > LONGEST_V4 ? -1 : parseV4(text, 0, text.length);
    if (v4 >= 0) return isInRange(firsts, lasts, v4);
    const address = parseAddress(text);
    if (address === null) return false;
    return address.family === 4 ? isInRange(firsts, lasts, address.value) : isInV6(address.words);
  };
}

/** v4 networks as sorted ranges that do not touch. */
function compileRanges(networks: readonly Network[]): { firsts: Float64Array; lasts: Float64Array } {
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
  return { firsts: Float64Array.from(firsts), lasts: Float64Array.from(lasts) };
}

/** 1 for each octet that an address of the ranges can begin with. */
function findFirstOctets(firsts: Float64Array, lasts: Float64Array): Uint8Array {
  const octets = new Uint8Array(256);
  for (const [i, first] of firsts.entries())
    octets.fill(1, Math.floor(first / 2 ** 24), Math.floor(lasts[i]! / 2 ** 24) + 1);
  return octets;
}

/** What stands before the first full stop, if it is up to three digits and less than 256; else -1. */
function readFirstOctet(text: string): number {
  let octet = 0;
  for (let at = 0; at < text.length && at < 4; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit === FULL_STOP && at > 0) return octet < 256 ? octet : -1;
    if (digit < 0 || digit > 9) return -1;
    octet = octet * 10 + digit;
  }
  return -1;
}

function isInRange(firsts: Float64Array, lasts: Float64Array, value: number): boolean {
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (firsts[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low > 0 && value <= lasts[low - 1]!;
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
