import path from 'node:path';
import { dataFolder, logFolder, pathForPeople } from './locations.ts';

export interface Announcement {
  /** Base URL of each replica, of API and console alike. */
  readonly urls: readonly string[];
  /** Which Redis is used, or what there is instead. */
  readonly redis: string;
  /** What the demo adds; undefined when it does not run. */
  readonly demo: { readonly summary: string; readonly routeKey: string; readonly tenantId: string } | undefined;
}

/** Says where everything is. The line that begins with `curl ` must work as pasted, from any folder. */
export function announcementOf({ urls, redis, demo }: Announcement): string {
  const url = urls[0] as string;
  return [
    '',
    'Grey Service Router is up.',
    '',
    `  console   ${url}/`,
    ...(urls.length > 1 ? [`  replicas  ${urls.join('  ')}`] : []),
    `  login     user admin; the first password is in ${pathForPeople(path.join(dataFolder, 'admin-password'))}`,
    `  API       ${url}/api/docs`,
    `  Redis     ${redis}`,
    `  logs      ${pathForPeople(logFolder)}`,
    ...(demo ? [`  demo      ${demo.summary}`] : []),
    '',
    'Try it:',
    '',
    demo ? curlOfRoute(url, demo.routeKey, demo.tenantId) : `curl -s ${url}/health`,
    '',
    'Ctrl-C stops everything; the data stays.',
  ].join('\n');
}

function curlOfRoute(url: string, key: string, tenantId: string): string {
  const body = JSON.stringify({ tenantId, serviceName: 'payment-service' }).replaceAll("'", `'\\''`);
  return `curl -s ${url}/api/grey-router/route -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '${body}'`;
}
