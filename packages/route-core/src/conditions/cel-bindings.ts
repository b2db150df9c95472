import { attributeNames, type Facts, isNamed } from './facts.ts';
import { readWhole } from './read-number.ts';

/** A read-only map that asks the request when it is asked. The evaluator takes any Map; it only ever reads. */
class RequestMap extends Map<string, unknown> {
  readonly #find: (name: string) => unknown;
  readonly #list: () => readonly string[];

  constructor(find: (name: string) => unknown, list: () => readonly string[]) {
    super();
    this.#find = find;
    this.#list = list;
  }

  override get(name: unknown): unknown {
    return typeof name === 'string' ? this.#find(name) : undefined;
  }

  override has(name: unknown): boolean {
    return this.get(name) !== undefined;
  }

  override get size(): number {
    return this.#list().length;
  }

  override keys(): MapIterator<string> {
    return this.#list().values();
  }

  override *values(): MapIterator<unknown> {
    for (const name of this.#list()) yield this.#find(name);
  }

  override *entries(): MapIterator<[string, unknown]> {
    for (const name of this.#list()) yield [name, this.#find(name)];
  }

  override [Symbol.iterator](): MapIterator<[string, unknown]> {
    return this.entries();
  }

  override forEach(visit: (value: unknown, name: string, map: Map<string, unknown>) => void): void {
    for (const [name, value] of this.entries()) visit(value, name, this);
  }
}

/** What expressions call the parts of a request; only what an expression names is made. */
class Bindings {
  readonly #facts: Facts;
  #header: RequestMap | undefined;
  #attributes: RequestMap | undefined;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  get header(): RequestMap {
    const facts = this.#facts;
    this.#header ??= new RequestMap(
      (name) => facts.header(name.toLowerCase()),
      () => [...new Set(textNames(facts.metadata.headers).map((name) => name.toLowerCase()))],
    );
    return this.#header;
  }

  get headers(): RequestMap {
    return this.header;
  }

  get cookie(): RequestMap {
    const facts = this.#facts;
    return new RequestMap(
      (name) => facts.cookie(name),
      () => textNames(facts.metadata.cookies),
    );
  }

  get cookies(): RequestMap {
    return this.cookie;
  }

  get query(): RequestMap {
    const facts = this.#facts;
    return new RequestMap(
      (name) => facts.query(name),
      () => textNames(facts.metadata.query),
    );
  }

  get attributes(): RequestMap {
    const facts = this.#facts;
    this.#attributes ??= new RequestMap(
      (name) => facts.attribute(name),
      () => attributeNames(facts.metadata),
    );
    return this.#attributes;
  }

  get attribute(): RequestMap {
    return this.attributes;
  }

  get claims(): RequestMap {
    const { claims } = this.#facts.metadata;
    return claimMap(isNamed(claims) ? claims : {});
  }

  get path(): string {
    return this.#facts.path;
  }

  get method(): string {
    return this.#facts.method;
  }

  get user(): string {
    return this.#facts.user;
  }

  get userId(): string {
    return this.#facts.user;
  }

  get session(): string {
    return this.#facts.session;
  }

  get sessionId(): string {
    return this.#facts.session;
  }

  get tenant(): string {
    return this.#facts.tenantId;
  }

  get tenantId(): string {
    return this.#facts.tenantId;
  }

  get token(): string {
    return this.#facts.token;
  }

  get clientIp(): string {
    return this.#facts.clientIp;
  }

  get region(): string {
    return this.#facts.region;
  }

  get tag(): string {
    return this.#facts.tag;
  }

  /** Absent, and so an error, where the user is no whole number. */
  get uid(): bigint | undefined {
    return readWhole(this.#facts.user) ?? undefined;
  }
}

// The evaluator looks names up with []: it must find nothing but ours.
Object.setPrototypeOf(Bindings.prototype, null);

/** The variables of a request for the evaluator, made once per request. */
export function bindingsOf(facts: Facts): object {
  facts.bindings ??= new Bindings(facts);
  return facts.bindings;
}

function textNames(record: Readonly<Record<string, unknown>> | undefined | null): string[] {
  return Object.keys(record ?? {}).filter((name) => typeof record![name] === 'string');
}

/** Own properties only; null counts as missing, as it does in trees. */
function claimMap(claims: Readonly<Record<string, unknown>>): RequestMap {
  const find = (name: string): unknown => (Object.hasOwn(claims, name) ? claimValue(claims[name]) : undefined);
  return new RequestMap(find, () => Object.keys(claims).filter((name) => find(name) !== undefined));
}

function claimValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => claimValue(item) ?? null);
  if (isNamed(value)) return claimMap(value);
  return value === null || typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
}
