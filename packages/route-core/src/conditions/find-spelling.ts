/**
 * The text that a record holds under another spelling of a name, the first of several. Nearly every request is asked for
 * headers that it has not, so looking must cost next to nothing: most names differ in length already.
 * @param name in lower case
 */
export function findSpelling(record: Readonly<Record<string, unknown>>, name: string): string | undefined {
  for (const key in record) {
    if (key.length !== name.length || !isSpelling(key, name)) continue;
    const value = record[key];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

function isSpelling(key: string, name: string): boolean {
  for (let i = key.length - 1; i >= 0; i--) {
    const code = key.charCodeAt(i);
    if (code > 0x7f) return key.toLowerCase() === name;
    const lower = code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
    if (lower !== name.charCodeAt(i)) return false;
  }
  return true;
}
