import type {
  CreateDataSource,
  DatabaseEngine,
  DataSource,
  NewDataSourceTest,
  TlsMode,
  UpdateDataSource,
} from '../../api/generated/model/index.ts';

export const engines = ['postgres', 'mysql'] as const satisfies readonly DatabaseEngine[];
export const tlsModes = ['verify', 'require', 'off'] as const satisfies readonly TlsMode[];
export const usualPorts: Readonly<Record<DatabaseEngine, string>> = { postgres: '5432', mysql: '3306' };
/** How far a mode of TLS keeps a stranger from reading along. */
const strength: Readonly<Record<TlsMode, number>> = { off: 0, require: 1, verify: 2 };

/** What the form holds. User and password are empty for "as they are": they are never shown again. */
export interface DataSourceFields {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly engine: DatabaseEngine;
  readonly host: string;
  readonly port: string;
  readonly database: string;
  /** Empty: the whole database. */
  readonly schema: string;
  readonly tls: TlsMode;
  readonly user: string;
  readonly password: string;
  readonly reason: string;
}
export type FieldName = Exclude<keyof DataSourceFields, 'engine' | 'tls' | 'reason'>;
export type Fault = 'required' | 'port' | 'credentials' | 'together' | 'certificateName';
export type FieldFaults = Partial<Record<FieldName, Fault>>;

export interface Whose {
  readonly tenantId?: string;
  readonly serviceId?: string;
}

export function fieldsOf(source: DataSource | undefined, whose: Whose = {}): DataSourceFields {
  return {
    tenantId: source?.tenantId ?? whose.tenantId ?? '',
    serviceId: source?.serviceId ?? whose.serviceId ?? '',
    engine: source?.engine ?? 'postgres',
    host: source?.host ?? '',
    port: String(source?.port ?? usualPorts.postgres),
    database: source?.database ?? '',
    schema: source?.schema ?? '',
    tls: source?.tls ?? 'verify',
    user: '',
    password: '',
    reason: '',
  };
}

/** Another engine: its usual port, unless another was chosen, and no schema where there is none. */
export function withEngine(fields: DataSourceFields, engine: DatabaseEngine): DataSourceFields {
  const port = fields.port === usualPorts[fields.engine] ? usualPorts[engine] : fields.port;
  return { ...fields, engine, port, ...(engine === 'mysql' ? { schema: '' } : {}) };
}

/** Whether the credentials that are kept would reach another server, or one that proves less: the API asks for them anew. */
export function needsCredentials(fields: DataSourceFields, source: DataSource | undefined): boolean {
  if (!source) return true;
  if (source.credentials === null) return false;
  return (
    fields.host.trim().toLowerCase() !== source.host ||
    Number(fields.port) !== source.port ||
    strength[fields.tls] < strength[source.tls]
  );
}

/** What can be seen to be missing before the API is asked. */
export function checkFields(fields: DataSourceFields, source: DataSource | undefined): FieldFaults {
  const faults: FieldFaults = {};
  for (const name of ['tenantId', 'serviceId', 'host', 'database'] as const)
    if (fields[name].trim() === '') faults[name] = 'required';
  const port = Number(fields.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) faults.port = 'port';
  const isAddress = /^[\d.]+$|:/.test(fields.host.trim());
  if (fields.engine === 'mysql' && fields.tls === 'verify' && isAddress) faults.host = 'certificateName';
  if (needsCredentials(fields, source)) {
    if (fields.user === '') faults.user = source ? 'credentials' : 'required';
    if (fields.password === '') faults.password = source ? 'credentials' : 'required';
  } else if ((fields.user === '') !== (fields.password === ''))
    faults[fields.user === '' ? 'user' : 'password'] = 'together';
  return faults;
}

/** Whether the form says what is saved already, so that a test of what is saved answers for it. */
export function isAsSaved(fields: DataSourceFields, source: DataSource | undefined): boolean {
  return source !== undefined && Object.keys(changesOf(fields, source)).length === 0;
}

export function toTest(fields: DataSourceFields): NewDataSourceTest {
  return {
    tenantId: fields.tenantId.trim(),
    serviceId: fields.serviceId.trim(),
    engine: fields.engine,
    ...addressOf(fields),
    user: fields.user,
    password: fields.password,
  };
}

export function toCreate(fields: DataSourceFields): CreateDataSource {
  return { ...toTest(fields), ...reasonOf(fields) };
}

export function toUpdate(fields: DataSourceFields, source: DataSource): UpdateDataSource {
  return { ...changesOf(fields, source), ...reasonOf(fields) };
}

function changesOf(fields: DataSourceFields, source: DataSource): UpdateDataSource {
  const address = addressOf(fields);
  const changed = Object.entries(address).filter(([name, value]) => source[name as keyof typeof address] !== value);
  return {
    ...Object.fromEntries(changed),
    ...(fields.user === '' && fields.password === '' ? {} : { user: fields.user, password: fields.password }),
  };
}

function addressOf({ engine, host, port, database, schema, tls }: DataSourceFields) {
  return {
    host: host.trim().toLowerCase(),
    port: Number(port),
    database: database.trim(),
    schema: engine === 'mysql' || schema.trim() === '' ? null : schema.trim(),
    tls,
  };
}

function reasonOf({ reason }: DataSourceFields): { reason?: string } {
  return reason.trim() === '' ? {} : { reason: reason.trim() };
}

/** The field that a fault of the API is about; undefined when the form has none for it. */
export function fieldAt(path: string): FieldName | undefined {
  const name = /^body\.(tenantId|serviceId|host|port|database|schema|user|password)/.exec(path)?.[1];
  return name as FieldName | undefined;
}

/** Where the data lie, in one line: `db.internal:5432/payments · acme`. */
export function addressText({
  host,
  port,
  database,
  schema,
}: Pick<DataSource, 'host' | 'port' | 'database' | 'schema'>) {
  const server = host.includes(':') ? `[${host}]` : host;
  return `${server}:${port}/${database}${schema === null ? '' : ` · ${schema}`}`;
}
