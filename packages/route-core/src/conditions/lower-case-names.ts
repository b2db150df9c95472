/**
 * A record with its names in lower case, where the lower-case spelling of a name wins, else the first; null when all of them
 * are in lower case already, which is what Node's and fetch's headers are.
 */
export function lowerCaseNames(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | null {
  let isLower = true;
  for (const name in record) {
    if (!isLowerCase(name)) {
      isLower = false;
      break;
    }
  }
  if (isLower) return null;
  const lowered: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(record)) {
    const key = name.toLowerCase();
    if (typeof record[name] === 'string' && (key === name || !(key in lowered))) lowered[key] = record[name];
  }
  return lowered;
}

function isLowerCase(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 0x41 && code <= 0x5a) return false;
    if (code > 0x7f) return name === name.toLowerCase();
  }
  return true;
}
