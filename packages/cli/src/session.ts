import { CliError } from './cli-error.ts';
import { type Credentials, readCredentials, writeCredentials } from './credentials.ts';

/** Which server is meant, and with what token. A token that was kept is only ever sent to the server that gave it. */
export class Session {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #file: string;
  readonly #warn: (text: string) => void;
  readonly #givenUrl: string | undefined;
  #credentials: Credentials | undefined;

  constructor(parts: {
    readonly env: Readonly<Record<string, string | undefined>>;
    /** Of the credentials. */
    readonly file: string;
    /** Of `--url`. */
    readonly url: string | undefined;
    readonly warn: (text: string) => void;
  }) {
    this.#env = parts.env;
    this.#file = parts.file;
    this.#warn = parts.warn;
    this.#givenUrl = parts.url;
  }

  /** `--url`, else GREY_URL, else the server last logged in to. @throws CliError USAGE */
  get url(): string {
    const url = this.#givenUrl ?? (this.#env.GREY_URL || this.kept.current);
    if (!url) throw new CliError('USAGE', 'No server is known: log in with `grey login URL`, or set GREY_URL.');
    return normalizeUrl(url);
  }

  /** GREY_TOKEN, else what was kept for the server; undefined: none. */
  get token(): string | undefined {
    return this.#env.GREY_TOKEN || this.kept.servers[this.url]?.token;
  }

  get kept(): Credentials {
    this.#credentials ??= readCredentials(this.#file, this.#warn);
    return this.#credentials;
  }

  keep(url: string, server: Credentials['servers'][string]): void {
    this.#write({ current: url, servers: { ...this.kept.servers, [url]: server } });
  }

  forget(url: string): void {
    const { [url]: _gone, ...servers } = this.kept.servers;
    this.#write({ current: this.kept.current === url ? null : this.kept.current, servers });
  }

  #write(credentials: Credentials): void {
    writeCredentials(this.#file, credentials);
    this.#credentials = credentials;
  }
}

/** Without a slash at the end, credentials, query or fragment. @throws CliError USAGE when it is no http(s) URL */
export function normalizeUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CliError('USAGE', `"${text}" is not an address such as https://grey.example.com`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
