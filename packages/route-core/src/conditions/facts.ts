import type { RequestMetadata } from '../decision.ts';
import type { DecisionEnv } from '../decision-env.ts';
import { findSpelling } from './find-spelling.ts';

type Texts = Readonly<Record<string, unknown>>;
const QUESTION_MARK = 0x3f;
const NUMBER_SIGN = 0x23;
const NOTHING: Texts = Object.freeze({});

/** What `metadata` calls by a name of its own; whatever else stands in it is an attribute. */
export const METADATA_NAMES: ReadonlySet<string> = new Set([
  'userId',
  'sessionId',
  'headers',
  'cookies',
  'query',
  'path',
  'method',
  'clientIp',
  'region',
  'claims',
  'token',
  'tag',
  'attributes',
]);

/**
 * One request as conditions see it. Made once per decision; what must not change meanwhile (the time) or costs more than a
 * look is worked out when first asked for and kept. Texts that are absent, empty or no text are ''.
 */
export class Facts {
  readonly tenantId: string;
  readonly metadata: RequestMetadata;
  readonly env: DecisionEnv;
  /** @internal what the CEL evaluator made of this request; it belongs to cel-bindings */
  bindings: object | null = null;
  #path: string | undefined;
  #nowMs: number | null = null;

  constructor(tenantId: string, metadata: RequestMetadata | undefined, env: DecisionEnv) {
    this.tenantId = tenantId;
    this.metadata = metadata ?? (NOTHING as RequestMetadata);
    this.env = env;
  }

  get user(): string {
    return asText(this.metadata.userId);
  }

  get session(): string {
    return asText(this.metadata.sessionId);
  }

  get method(): string {
    return asText(this.metadata.method).toUpperCase();
  }

  get clientIp(): string {
    return asText(this.metadata.clientIp);
  }

  get region(): string {
    return asText(this.metadata.region);
  }

  get token(): string {
    return asText(this.metadata.token);
  }

  get tag(): string {
    return asText(this.metadata.tag);
  }

  /** As it was sent, up to its query or fragment. */
  get path(): string {
    this.#path ??= withoutQuery(asText(this.metadata.path));
    return this.#path;
  }

  /**
   * @param name in lower case. Where a record spells one name in several ways, the lower-case spelling counts, else the first.
   */
  header(name: string): string | undefined {
    const headers = this.metadata.headers as Texts | undefined;
    if (headers === undefined || headers === null) return undefined;
    const value = headers[name];
    return typeof value === 'string' ? value : findSpelling(headers, name);
  }

  cookie(name: string): string | undefined {
    return textOf(this.metadata.cookies, name);
  }

  query(name: string): string | undefined {
    return textOf(this.metadata.query, name);
  }

  /** Text, number or boolean. Of `attributes`, else of what else the metadata holds under that name. */
  attribute(name: string): string | number | boolean | undefined {
    const given = scalarOf(this.metadata.attributes, name);
    return given !== undefined || METADATA_NAMES.has(name) ? given : scalarOf(this.metadata, name);
  }

  /** @param path names of own properties, from the outside in. Undefined where one is missing or the value is null. */
  claim(path: readonly string[]): unknown {
    let value: unknown = this.metadata.claims;
    for (let i = 0; i < path.length; i++) {
      if (!isNamed(value) || !Object.hasOwn(value, path[i]!)) return undefined;
      value = value[path[i]!];
    }
    return value ?? undefined;
  }

  /** Milliseconds since 1970: one instant for the whole decision. */
  get nowMs(): number {
    this.#nowMs ??= this.env.now();
    return this.#nowMs;
  }
}

/** Names of the attributes that a request has. */
export function attributeNames(metadata: RequestMetadata): string[] {
  const names = Object.keys(metadata.attributes ?? {});
  for (const name of Object.keys(metadata)) if (!METADATA_NAMES.has(name) && !names.includes(name)) names.push(name);
  return names.filter(
    (name) => scalarOf(metadata.attributes, name) !== undefined || scalarOf(metadata, name) !== undefined,
  );
}

/** An object with names, unlike a list. */
export function isNamed(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutQuery(path: string): string {
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code === QUESTION_MARK || code === NUMBER_SIGN) return path.slice(0, i);
  }
  return path;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Only texts count, so that nothing of Object.prototype is ever found. */
function textOf(record: Texts | undefined | null, name: string): string | undefined {
  if (record === undefined || record === null) return undefined;
  const value = record[name];
  return typeof value === 'string' ? value : undefined;
}

function scalarOf(record: Texts | undefined | null, name: string): string | number | boolean | undefined {
  if (record === undefined || record === null) return undefined;
  const value = record[name];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
