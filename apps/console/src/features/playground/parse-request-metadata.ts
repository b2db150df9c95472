const groups = new Set(['headers', 'cookies', 'query', 'claims', 'attributes']);

/**
 * Lines `key=value` as request metadata; `headers.x-beta=1` goes into a group. Undefined when a line cannot be read.
 */
export function parseRequestMetadata(text: string): Record<string, unknown> | undefined {
  const metadata: Record<string, unknown> = {};
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const at = line.indexOf('=');
    if (at < 1) return undefined;
    const key = line.slice(0, at).trim();
    const value = line.slice(at + 1).trim();
    const dot = key.indexOf('.');
    const group = key.slice(0, Math.max(0, dot));
    if (groups.has(group) && dot < key.length - 1) {
      metadata[group] = { ...(metadata[group] as Record<string, string> | undefined), [key.slice(dot + 1)]: value };
    } else metadata[key] = value;
  }
  return metadata;
}
