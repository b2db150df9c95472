import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeProgram } from './guide-machine.ts';

/**
 * Lays out an nginx as a distribution does, in a folder of its own, with everything in `conf.d` included.
 *
 * @param folder root of the machine
 * @param programs gets a `nginx` that knows where its configuration is
 * @returns the command that runs it in the foreground
 */
export function layOutNginx(program: string, folder: string, programs: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/var/${name};`,
  );
  const file = path.join(folder, 'etc/nginx/nginx.conf');
  const settings = [
    `pid ${folder}/var/nginx.pid;`,
    'error_log stderr;',
    'worker_processes 1;',
    'events {}',
    `http { access_log off; ${temporary.join(' ')} include ${folder}/etc/nginx/conf.d/*.conf; }`,
  ];
  writeFileSync(file, `${settings.join('\n')}\n`);
  writeProgram(path.join(programs, 'nginx'), `${program} -c ${file} -e stderr`);
  return `nginx -g 'daemon off;'`;
}
