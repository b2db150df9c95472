import { createHmac } from 'node:crypto';
import { SecretBox } from '../infra/secrets/secret-box.ts';
import type { Credentials, OpenAddress } from './data-source-address.ts';

/** What the database keeps of credentials. */
export interface SealedCredentials {
  readonly user: Buffer;
  readonly password: Buffer;
  /** Address and credentials together, as readers of Redis get them. */
  readonly config: Buffer;
  /** Fingerprint. */
  readonly credentials: string;
}

/** Seals what is secret of one tenant. Each text is bound to tenant, service and field: in another place it does not open. */
export class TenantBox {
  readonly #tenantId: string;
  readonly #box: SecretBox;
  readonly #printKey: Buffer;

  /** @param dataKey 32 bytes, of this tenant alone */
  constructor(tenantId: string, dataKey: Buffer) {
    this.#tenantId = tenantId;
    this.#box = new SecretBox(dataKey, 'The credentials do not open with the key of the tenant.');
    this.#printKey = createHmac('sha256', dataKey).update('fingerprint').digest();
  }

  seal(serviceId: string, address: OpenAddress, { user, password }: Credentials): SealedCredentials {
    const { engine, host, port, database, schema, tls } = address;
    const config = JSON.stringify({ engine, host, port, database, schema, tls, user, password });
    return {
      user: this.#box.seal(this.#owner(serviceId, 'user'), user),
      password: this.#box.seal(this.#owner(serviceId, 'password'), password),
      config: this.#box.seal(this.#owner(serviceId, 'config'), config),
      credentials: this.fingerprint(serviceId, { user, password }),
    };
  }

  /** @throws SecretsError */
  open(serviceId: string, sealed: { readonly user: Uint8Array; readonly password: Uint8Array }): Credentials {
    return {
      user: this.#box.open(this.#owner(serviceId, 'user'), sealed.user),
      password: this.#box.open(this.#owner(serviceId, 'password'), sealed.password),
    };
  }

  /** 16 hex digits: others when the credentials are others. Keyed, so that nobody finds a weak password by trying. */
  fingerprint(serviceId: string, { user, password }: Credentials): string {
    const text = JSON.stringify([serviceId, user, password]);
    return createHmac('sha256', this.#printKey).update(text).digest('hex').slice(0, 16);
  }

  #owner(serviceId: string, field: 'user' | 'password' | 'config'): string {
    return `${this.#tenantId}/${serviceId}/${field}`;
  }
}
