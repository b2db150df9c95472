import { UpgradeError } from '@grey/schema-upgrades';
import { expect, test } from 'vitest';
import type { DataSourceAccess } from '../data-sources/data-source-access.ts';
import type { DataSourceAddress } from '../data-sources/data-source-address.ts';
import { AddressGuard } from '../infra/net/address-guard.ts';
import { TenantAccess } from './tenant-access.ts';

const place = { engine: 'postgres', host: 'db.example', port: 5432, database: 'd', schema: null } as const;

/** The way to a data source whose name resolves as it is said. */
function access(tls: DataSourceAddress['tls'], resolve: () => Promise<{ address: string; family: number }[]>) {
  const guard = new AddressGuard(['10.0.0.0/8'], resolve, { variable: 'LIST', isPublicFree: false });
  const ways: Pick<DataSourceAccess, 'find' | 'connect'> = {
    find: async () => ({ ...place, tls, user: 'u', password: 'p' }),
    connect: async ({ host }, _, work) => work(await guard.resolve(host)),
  };
  return new TenantAccess(ways as DataSourceAccess).at('t', 's', AbortSignal.timeout(30_000), async (one) => one);
}
const failing = (error: Error) => access('off', () => Promise.reject(error)).catch((one: unknown) => one);

test('whoever connects goes to the address that was judged, also where the name is to be proven', async () => {
  const inside = async () => [{ address: '10.0.0.7', family: 4 }];
  expect(await access('require', inside)).toMatchObject({ host: '10.0.0.7' });
  expect(await access('verify', inside)).toMatchObject({ host: 'db.example', connectTo: '10.0.0.7' });
  await expect(access('verify', async () => [{ address: '127.0.0.1', family: 4 }])).rejects.toMatchObject({
    code: 'UNREACHABLE',
  });
});

test('a name server that is away is waited for, a name that there is not is told', async () => {
  const failure = (code: string) => Object.assign(new Error('getaddrinfo'), { code });
  expect(await failing(failure('EAI_AGAIN'))).toMatchObject({ code: 'UNREACHABLE' });
  expect(await failing(failure('ENOTFOUND'))).toMatchObject({ code: 'HOST_UNKNOWN' });
  const nowhere = await access('off', async () => []).catch((one: unknown) => one);
  expect(nowhere).toBeInstanceOf(UpgradeError);
  expect(nowhere).toMatchObject({ code: 'HOST_UNKNOWN' });
});
