import { findProgram, foldersOf } from '@grey/testkit';

/** Path of the server program, or why there is none. `GREY_NGINX_MISSING`, set by `npm test`, says why it could not be installed. */
export function findNginx(environment = process.env): { readonly path: string } | { readonly reason: string } {
  const found = findProgram('nginx', [...foldersOf(environment), '/usr/sbin', '/usr/local/sbin']);
  return found === undefined ? { reason: environment.GREY_NGINX_MISSING ?? 'no nginx on the PATH' } : { path: found };
}
