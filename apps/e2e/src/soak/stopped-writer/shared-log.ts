import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AssignmentRecord, Position, ServiceRecord, TenantRecord } from '@grey/route-core';

export const VERSIONS = ['1.0.0', '2.0.0', '3.0.0'];
const EPOCH = '00000000-soak';

/** A change of one cell. */
export interface Move {
  readonly revision: number;
  readonly at: string;
  readonly assignment: AssignmentRecord;
}

export interface LogState {
  readonly position: Position;
  readonly tenants: readonly TenantRecord[];
  readonly services: readonly ServiceRecord[];
  readonly assignments: readonly AssignmentRecord[];
}

/** A log that several writer processes read over HTTP, and what it comes to. */
export class SharedLog {
  readonly #tenants: readonly TenantRecord[];
  readonly #services: readonly ServiceRecord[];
  readonly #cells = new Map<string, AssignmentRecord>();
  readonly #moves: Move[] = [];
  readonly #server: Server;

  constructor(tenantCount: number, serviceCount: number) {
    const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
    this.#tenants = ids('t', tenantCount).map((id) => ({ id, status: 'active' }));
    const versions = VERSIONS.map((version, ordinal) => ({ version, ordinal, status: 'active' as const }));
    this.#services = ids('s', serviceCount).map((id) => {
      return { id, unknownTenant: 'reject', balancer: 'random', fallback: 'fail', defaults: [], versions };
    });
    for (const { id: tenantId } of this.#tenants)
      for (const { id: serviceId } of this.#services)
        this.#cells.set(`${tenantId}/${serviceId}`, { tenantId, serviceId, version: VERSIONS[0]!, isPinned: false });
    this.#server = createServer((request, response) => {
      const after = new URL(request.url ?? '/', 'http://localhost').searchParams.get('after');
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(after === null ? this.state : this.#moves.slice(Number(after))));
    });
  }

  get state(): LogState {
    const position = { epoch: EPOCH, revision: this.#moves.length };
    return { position, tenants: this.#tenants, services: this.#services, assignments: [...this.#cells.values()] };
  }

  /** What `tenant:{id}:services` must hold of each tenant. */
  get projection(): Map<string, Record<string, string>> {
    const wanted = new Map<string, Record<string, string>>();
    for (const { tenantId, serviceId, version } of this.#cells.values()) {
      wanted.set(tenantId, { ...wanted.get(tenantId), [serviceId]: version });
    }
    return wanted;
  }

  move(tenantId: string, serviceId: string, version: string): void {
    const assignment = { tenantId, serviceId, version, isPinned: false };
    this.#cells.set(`${tenantId}/${serviceId}`, assignment);
    this.#moves.push({ revision: this.#moves.length + 1, at: new Date().toISOString(), assignment });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
