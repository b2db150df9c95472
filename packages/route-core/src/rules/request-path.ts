import { normalizePath } from '../conditions/index.ts';

/** The path that rules are compared with: as it was sent, up to the query or fragment; normalised where the set says so. */
export function pathOf(sent: string, normalizes: boolean): string {
  let end = sent.length;
  for (let i = 0; i < end; i++) {
    const code = sent.charCodeAt(i);
    if (code === 63 || code === 35) end = i;
  }
  const path = end === sent.length ? sent : sent.slice(0, end);
  return normalizes ? normalizePath(path) : path;
}
