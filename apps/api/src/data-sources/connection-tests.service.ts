import type { ConnectionTest, operations } from '@grey/contracts';
import { assertTenant } from '../access/caller.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { endWith } from '../infra/net/end-with.ts';
import type { DataSourceAccess } from './data-source-access.ts';
import type { DataSourceAddress } from './data-source-address.ts';
import { mine } from './data-sources.service.ts';
import type { DataSourcesStore } from './data-sources.store.ts';
import { classifyFailure, verdictWords } from './probes/classify-failure.ts';
import type { Found, Probe } from './probes/probe.ts';
import { probeMysql } from './probes/probe-mysql.ts';
import { probePostgres } from './probes/probe-postgres.ts';

type Ops = typeof operations;

const probes: Readonly<Record<DataSourceAddress['engine'], Probe>> = { postgres: probePostgres, mysql: probeMysql };
const nothing: Found = { latencyMs: null, serverVersion: null, hasSchema: null, missingPrivileges: [], tls: null };

/** Tries connections: within a bounded time, with an answer whatever happens, and without a word of what was sent. */
export class ConnectionTestsService {
  readonly #store: DataSourcesStore;
  readonly #access: DataSourceAccess;
  readonly #timeoutMs: number;

  constructor(store: DataSourcesStore, access: DataSourceAccess, timeoutMs: number) {
    this.#store = store;
    this.#access = access;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws ApiError DATA_SOURCE_UNKNOWN, MASTER_KEY_MISSING, MASTER_KEY_UNKNOWN */
  async test({ caller, input }: Called<Ops['testDataSource']>): Promise<ConnectionTest> {
    const address = await this.#store.consistentRead(async (tx) =>
      this.#access.open(tx, mine(caller, await this.#store.find(tx, input.params.dataSourceId))),
    );
    return address === undefined ? tell('CREDENTIALS_MISSING', nothing) : this.try(address);
  }

  /** @throws ApiError TENANT_FORBIDDEN */
  testNew({ caller, input }: Called<Ops['testNewDataSource']>): Promise<ConnectionTest> {
    const { tenantId, serviceId: _, ...address } = input.body;
    assertTenant(caller, tenantId);
    return this.try(address);
  }

  /** Never throws. */
  async try(address: DataSourceAddress): Promise<ConnectionTest> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    try {
      const found = await this.#access.connect(address, signal, (target) =>
        endWith(signal, probes[address.engine](address, target, signal)),
      );
      return tell(verdictOn(found), found);
    } catch (error) {
      return tell(classifyFailure(error, signal.aborted), nothing);
    }
  }
}

function verdictOn({ hasSchema, missingPrivileges }: Found): ConnectionTest['code'] {
  if (hasSchema === false) return 'SCHEMA_UNKNOWN';
  return missingPrivileges.length > 0 ? 'PRIVILEGES_MISSING' : 'OK';
}

function tell(code: ConnectionTest['code'], found: Found): ConnectionTest {
  return { isOk: code === 'OK', code, message: verdictWords[code], ...found };
}
