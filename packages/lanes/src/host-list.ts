/**
 * Hosts that may see a tag: `orders`, `10.0.0.7`, `[::1]`, with a port (`orders:8080`) that port only, `*.svc.internal` every
 * name below, `*` every host. Case does not matter.
 */
export class HostList {
  readonly #names = new Set<string>();
  readonly #suffixes: string[] = [];
  readonly #isOpen: boolean;

  constructor(patterns: readonly string[]) {
    this.#isOpen = patterns.includes('*');
    for (const pattern of patterns) {
      const name = pattern.toLowerCase();
      if (name.startsWith('*.')) this.#suffixes.push(name.slice(1));
      else this.#names.add(name);
    }
  }

  includes(url: URL): boolean {
    if (this.#isOpen || this.#names.has(url.hostname)) return true;
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    const host = `${url.hostname}:${port}`;
    return (
      this.#names.has(host) || this.#suffixes.some((suffix) => url.hostname.endsWith(suffix) || host.endsWith(suffix))
    );
  }
}
