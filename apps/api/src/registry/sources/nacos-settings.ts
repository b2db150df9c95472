/** How a Nacos is reached and how hard it is asked. */
export interface NacosSourceSettings {
  /**
   * `http://host:port` of each server of one cluster. A path is the servers' context path (default `/nacos`); user and
   * password do not belong in here.
   */
  readonly urls: readonly string[];
  /** Id of the namespace. Default `public`. */
  readonly namespace?: string | undefined;
  /** Default `DEFAULT_GROUP`. */
  readonly group?: string | undefined;
  /** With `password`, when the server demands it; reading rights on the namespace are enough. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Which API is spoken. Default `auto`: v1 where it is there (it pushes), else v3. */
  readonly api?: 'auto' | 'v1' | 'v3' | undefined;
  /** v1: `false` opens no UDP socket, and changes are seen at the next poll. Default `true`. */
  readonly isPushed?: boolean | undefined;
  /** How often a change that nobody pushed is looked for. Default 8 500 ms with v1, 5 000 with v3. */
  readonly pollMs?: number | undefined;
  /** Services on a page of their list. Default 1 000 with v1, 500 with v3. */
  readonly pageSize?: number | undefined;
  /** v1: polls are stretched rather than to ask more often than this. Default 50 a second. */
  readonly mostPollsPerSecond?: number | undefined;
  /** Of one request, its body included. Default 5 000 ms. */
  readonly timeoutMs?: number | undefined;
  /** Wait before the second attempt; doubles with each, three in all. Default 1 000 ms. */
  readonly retryDelayMs?: number | undefined;
  /** After five failures in a row the server is left alone for so long. Default 10 000 ms. */
  readonly breakMs?: number | undefined;
}

/** What the adapters read: checked and complete. */
export interface NacosSettings {
  readonly bases: readonly string[];
  readonly namespace: string;
  readonly group: string;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly isPushed: boolean;
  readonly pollMs: number | undefined;
  readonly pageSize: number | undefined;
  readonly mostPollsPerSecond: number;
  readonly timeoutMs: number;
  readonly retryDelayMs: number;
  readonly breakMs: number;
}

/** @throws TypeError naming the setting that cannot be */
export function completeNacosSettings(settings: NacosSourceSettings): NacosSettings {
  if (settings.urls.length === 0) throw new TypeError('Nacos: at least one URL is needed.');
  const { username, password } = settings;
  if ((username === undefined) !== (password === undefined)) {
    throw new TypeError('Nacos: username and password go together.');
  }
  return {
    bases: settings.urls.map(baseOf),
    namespace: settings.namespace ?? 'public',
    group: settings.group ?? 'DEFAULT_GROUP',
    credentials: username === undefined || password === undefined ? undefined : { username, password },
    isPushed: settings.isPushed ?? true,
    pollMs: settings.pollMs,
    pageSize: settings.pageSize,
    mostPollsPerSecond: settings.mostPollsPerSecond ?? 50,
    timeoutMs: settings.timeoutMs ?? 5_000,
    retryDelayMs: settings.retryDelayMs ?? 1_000,
    breakMs: settings.breakMs ?? 10_000,
  };
}

function baseOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new TypeError('Nacos: a URL must be http://host:port.');
  // It would be printed with every error.
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('Nacos: give user and password apart from the URL.');
  }
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path === '' ? '/nacos' : path}`;
}
