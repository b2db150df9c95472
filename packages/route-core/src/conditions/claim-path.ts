/** The names that a claim's name leads through: dots lead into objects; a backslash takes the next character as it is. */
export function parseClaimPath(name: string): string[] {
  const path: string[] = [];
  let part = '';
  for (let i = 0; i < name.length; i++) {
    const char = name[i]!;
    if (char === '\\' && i + 1 < name.length) part += name[++i]!;
    else if (char === '.') {
      path.push(part);
      part = '';
    } else part += char;
  }
  path.push(part);
  return path;
}

/** The name that leads through these. */
export function printClaimPath(path: readonly string[]): string {
  return path.map((part) => part.replace(/[\\.]/g, '\\$&')).join('.');
}
