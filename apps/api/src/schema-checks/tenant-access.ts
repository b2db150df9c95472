import {
  type DataSourceAddress,
  KeptConnections,
  type TenantSession,
  tenantDatabaseAt,
  UpgradeError,
  withoutCredentials,
} from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import { DataSourceAccess } from '../data-sources/data-source-access.ts';
import { ServerBusy } from '../data-sources/server-slots.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { AddressMissing, AddressRefused } from '../infra/net/address-guard.ts';

/** The way into the database of a tenant, with the bounds and the address guard of its data source. */
@Injectable()
export class TenantAccess {
  /** One for all who come this way, so that a kept connection gives way to a new one and the bound of a server holds. */
  readonly kept = new KeptConnections();

  constructor(private readonly access: DataSourceAccess) {}

  /**
   * Does something at the database. The address that `work` gets leads to the one that was judged; where the server proves
   * its name by a certificate, the name stays beside it.
   *
   * @throws ApiError DATA_SOURCE_MISSING, MASTER_KEY_MISSING, MASTER_KEY_UNKNOWN, and what `work` throws; UpgradeError when
   * there is no way in
   */
  async at<T>(
    tenantId: string,
    serviceId: string,
    signal: AbortSignal,
    work: (address: DataSourceAddress) => Promise<T>,
  ): Promise<T> {
    const address = await this.access.find(tenantId, serviceId);
    if (address === undefined) throw new ApiError('DATA_SOURCE_MISSING');
    try {
      return await this.access.connect(address, signal, (target) =>
        work(
          address.tls === 'verify' ? { ...address, connectTo: target.address } : { ...address, host: target.address },
        ),
      );
    } catch (error) {
      // Backups and dumps have ways of their own to the server.
      throw inWords(withoutCredentials(error, address), address);
    }
  }

  /** The same with a session, which is closed afterwards. */
  session<T>(
    tenantId: string,
    serviceId: string,
    signal: AbortSignal,
    work: (session: TenantSession) => Promise<T>,
  ): Promise<T> {
    return this.at(tenantId, serviceId, signal, async (address) => {
      const session = await tenantDatabaseAt(address, { kept: this.kept }).openSession();
      const close = () => void session.close();
      signal.addEventListener('abort', close, { once: true });
      try {
        return await work(session);
      } finally {
        signal.removeEventListener('abort', close);
        await session.close();
      }
    });
  }
}

/** What stands before the server: name server, guard and turn. */
function inWords(error: unknown, { host, port }: DataSourceAddress): unknown {
  if (error instanceof UpgradeError || error instanceof ApiError) return error;
  if (error instanceof AddressRefused) return new UpgradeError('UNREACHABLE', error.message, { cause: error });
  if (error instanceof ServerBusy) return new UpgradeError('TOO_MANY_CONNECTIONS', error.message, { cause: error });
  const code = (error as NodeJS.ErrnoException).code;
  // The name server is away: what it would say is another question, which is asked again.
  if (code === 'EAI_AGAIN' || code === 'EAI_FAIL')
    return new UpgradeError('UNREACHABLE', `${host} could not be looked up (${code})`, { cause: error });
  if (code === 'ENOTFOUND' || code === 'EAI_NODATA' || error instanceof AddressMissing)
    return new UpgradeError('HOST_UNKNOWN', `${host} has no address`, { cause: error });
  if ((error as Error).name === 'TimeoutError' || (error as Error).name === 'AbortError')
    return new UpgradeError('TIMED_OUT', `${host}:${port} did not answer in time`, { cause: error });
  return error;
}
