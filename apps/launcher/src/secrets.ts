import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { dataFolder } from './locations.ts';
import { readPrivateJson, writePrivateJson } from './private-file.ts';

/**
 * Secrets the API signs and encrypts with. They must survive a restart, or every session, open plan, notification channel
 * and password of a tenant's database would end with it.
 */
export interface Secrets {
  readonly jwtSecret: string;
  readonly planSecret: string;
  /** 32 bytes, base64url. */
  readonly secretsKey: string;
  /** `id:key`, the key 32 bytes as base64url. */
  readonly masterKey: string;
  /** Of the role that owns the schemas of the demo's tenants. */
  readonly demoDatabasePassword: string;
}

/** Reads the secrets of this checkout; makes them, 256 bits each, on the first start. */
export function loadSecrets(): Secrets {
  const file = path.join(dataFolder, 'secrets.json');
  const kept = readPrivateJson<Partial<Secrets>>(file);
  const secrets: Secrets = {
    jwtSecret: kept?.jwtSecret ?? randomBytes(32).toString('base64url'),
    planSecret: kept?.planSecret ?? randomBytes(32).toString('base64url'),
    secretsKey: kept?.secretsKey ?? randomBytes(32).toString('base64url'),
    masterKey: kept?.masterKey ?? `first:${randomBytes(32).toString('base64url')}`,
    demoDatabasePassword: kept?.demoDatabasePassword ?? randomBytes(32).toString('base64url'),
  };
  if (Object.keys(secrets).some((name) => kept?.[name as keyof Secrets] === undefined)) writePrivateJson(file, secrets);
  return secrets;
}
