const ENCODED = /%[0-7][0-9a-fA-F]/g;

/**
 * The path that most servers would serve for this one: unreserved characters decoded (`%41` is `A`), `//` collapsed, `.` and
 * `..` resolved (RFC 3986, 5.2.4). What is encoded otherwise stays as it is: `%2F` is no slash.
 * @param path without a query
 */
export function normalizePath(path: string): string {
  const decoded = path.includes('%') ? path.replace(ENCODED, decodeOne) : path;
  // Nothing to collapse or resolve: no empty segment and none that begins with a dot.
  if (!decoded.includes('//') && !decoded.includes('/.') && !decoded.startsWith('.')) return decoded;
  const kept: string[] = [];
  const segments = decoded.split('/');
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const last = segments.at(-1);
  const isFolder = last === '' || last === '.' || last === '..';
  const start = decoded.startsWith('/') ? '/' : '';
  return start + kept.join('/') + (isFolder && kept.length > 0 ? '/' : '');
}

function decodeOne(code: string): string {
  const char = String.fromCharCode(Number.parseInt(code.slice(1), 16));
  return /[A-Za-z0-9._~-]/.test(char) ? char : code;
}
