/**
 * One text of an address as an operator typed it, or '' where there is none. The router parses `?tenantId=42` as a
 * number, so numbers are texts too.
 */
export function textInUrl(value: unknown, maxLength = 64): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim().slice(0, maxLength) : '';
}

const ids = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The id of a tenant or a service; '' for what cannot be one, which the API would refuse. */
export function idInUrl(value: unknown): string {
  const text = textInUrl(value, 65);
  return ids.test(text) ? text : '';
}
