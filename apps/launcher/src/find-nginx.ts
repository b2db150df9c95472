import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Path of the server program, or why there is none. `GREY_NGINX_MISSING`, set by `npm test`, says why it could not be installed. */
export function findNginx(environment = process.env): { readonly path: string } | { readonly reason: string } {
  const folders = [...(environment.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = folders.map((folder) => path.join(folder, 'nginx')).find(isProgram);
  return found === undefined ? { reason: environment.GREY_NGINX_MISSING ?? 'no nginx on the PATH' } : { path: found };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
