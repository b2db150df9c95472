import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A receiver that must not be called. */
export class AddressRefused extends Error {}

/** A name that leads nowhere. */
export class AddressMissing extends Error {}

/** Where to connect: exactly this address, whatever the name resolves to a moment later. */
export interface Target {
  readonly address: string;
  readonly family: 4 | 6;
  /** An operator has named it in the list. */
  readonly isListed: boolean;
}

/** Finds the addresses of a host; replaced in tests. */
export type Resolve = (host: string) => Promise<readonly { address: string; family: number }[]>;
const resolveByDns: Resolve = (host) => lookup(host, { all: true, verbatim: true });

/** `variable` holds the list; without `isPublicFree` it lists all that may be reached, else all that is not public. */
export interface AddressPolicy {
  readonly variable: string;
  readonly isPublicFree: boolean;
}

const webhookPolicy: AddressPolicy = { variable: 'GREY_WEBHOOK_ALLOW', isPublicFree: true };

/**
 * Keeps what others name from reaching what only this machine can reach: cloud metadata, its own ports, its neighbours.
 * Addresses are judged after resolution, and the one that was judged is the one to connect to.
 */
export class AddressGuard {
  readonly #networks: readonly [Address, number][];
  readonly #hosts: ReadonlySet<string>;
  readonly #resolve: Resolve;
  readonly #policy: AddressPolicy;

  /** @param allowed addresses, networks (CIDR) and host names that may be reached, also private ones */
  constructor(allowed: readonly string[], resolve: Resolve = resolveByDns, policy: AddressPolicy = webhookPolicy) {
    this.#policy = policy;
    this.#networks = allowed.map(networkOf).filter((one) => one !== undefined);
    this.#hosts = new Set(allowed.filter((one) => networkOf(one) === undefined).map((one) => one.toLowerCase()));
    this.#resolve = resolve;
  }

  /**
   * @param host name or literal address, also in the brackets of a URL
   * @throws AddressRefused when any address of the host is not listed, nor public where that is enough; Error when it does not resolve
   */
  async resolve(host: string): Promise<Target> {
    const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
    const found = isIP(name) === 0 ? await this.#resolve(name) : [{ address: name, family: isIP(name) }];
    const isNamed = this.#isNamed(name);
    const judged = found.map(({ address, family }) => {
      const isListed = isNamed || this.#isListed(address);
      // Which address a name has inside is nobody's business outside.
      if (!isListed && !(this.#policy.isPublicFree && isPublic(address))) throw this.#refuse(name);
      return { address, family: family === 6 ? (6 as const) : (4 as const), isListed };
    });
    const [first] = judged;
    if (first === undefined) throw new AddressMissing(`${name} has no address`);
    return { ...first, isListed: judged.every((one) => one.isListed) };
  }

  /** The same for an address of the web: only listed ones may be called without encryption. */
  async resolveUrl(url: URL): Promise<Target> {
    const refused = new AddressRefused(`http is only for addresses that ${this.#policy.variable} lists; use https`);
    const isPlain = url.protocol === 'http:';
    // Told before the name resolves, where no answer could make it a listed one.
    if (isPlain && this.#networks.length === 0 && !this.#isNamed(url.hostname.toLowerCase())) throw refused;
    const target = await this.resolve(url.hostname);
    if (isPlain && !target.isListed) throw refused;
    return target;
  }

  #refuse(name: string): AddressRefused {
    const { variable, isPublicFree } = this.#policy;
    const what = isPublicFree ? 'is no public address; ' : 'may not be reached: ';
    return new AddressRefused(`${name} ${what}${variable} does not list it`);
  }

  #isNamed(name: string): boolean {
    return this.#hosts.has(name.replace(/\.$/, ''));
  }

  #isListed(text: string): boolean {
    const address = parse(text);
    return (
      address !== undefined &&
      this.#networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits))
    );
  }
}

/** True for a CIDR, an address or a host name. */
export function isAllowEntry(text: string): boolean {
  return networkOf(text) !== undefined || /^(?=.*[a-z])[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text);
}

/** Only global unicast is public: not loopback, link-local, private, carrier-grade NAT, multicast, reserved, mapped or tunnelled. */
function isPublic(text: string): boolean {
  return parse(text)?.range() === 'unicast';
}

/** IPv4 in an IPv6 dress counts as IPv4; a zone index, as `fe80::1%eth0` has one, makes no public address. */
function parse(text: string): Address | undefined {
  return isIP(text) === 0 ? undefined : ipaddr.process(text);
}

function networkOf(text: string): [Address, number] | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const parsed = parse(address);
  if (parsed === undefined || rest.length > 0) return undefined;
  const size = parsed.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) return [parsed, size];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= size ? [parsed, Number(bits)] : undefined;
}
