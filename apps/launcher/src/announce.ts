import path from 'node:path';
import { dataFolder, logFolder, pathForPeople } from './locations.ts';

export interface Announcement {
  /** Base URL of the API and the console. */
  readonly url: string;
  /** What the demo adds; undefined when it does not run. */
  readonly demo: { readonly summary: string; readonly routeKey: string; readonly tenantId: string } | undefined;
}

/** Says where everything is. The line that begins with `curl ` must work as pasted, from any folder. */
export function announce({ url, demo }: Announcement): void {
  const lines = [
    '',
    'Grey Service Router is up.',
    '',
    `  console   ${url}/`,
    `  login     user admin; the one-time password is in ${pathForPeople(path.join(dataFolder, 'admin-password'))}`,
    `  API       ${url}/api/docs`,
    `  logs      ${pathForPeople(logFolder)}`,
    ...(demo ? [`  demo      ${demo.summary}`] : []),
    '',
    'Try it:',
    '',
    demo ? curlOfRoute(url, demo.routeKey, demo.tenantId) : `curl -s ${url}/health`,
    '',
    'Ctrl-C stops everything; the data stays.',
  ];
  console.log(lines.join('\n'));
}

function curlOfRoute(url: string, key: string, tenantId: string): string {
  const body = JSON.stringify({ tenantId, serviceName: 'payment-service' });
  return `curl -s ${url}/api/grey-router/route -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '${body}'`;
}
