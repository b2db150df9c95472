/**
 * Who shares the work that must be done once: expiry, health checks, reading foreign registries. Two replicas may for a
 * moment both take themselves for the owner (one has not heard of the other yet), so what an owner does must stand
 * being done twice.
 */
export abstract class LiveReplicas {
  /** Ids of the API replicas that live, this one included. */
  abstract ids(): readonly string[];
  abstract readonly ownId: string;
  /** Whether what hangs on `key` (a service id) is this replica's to do. */
  abstract isOwner(key: string): boolean;
  /** The id of the replica that does what hangs on `key`. */
  abstract ownerOf(key: string): string;
}

/** The only replica there is owns everything. */
export class SoleReplica extends LiveReplicas {
  override readonly ownId: string;

  constructor(ownId = 'local') {
    super();
    this.ownId = ownId;
  }

  override ids(): readonly string[] {
    return [this.ownId];
  }

  override isOwner(): boolean {
    return true;
  }

  override ownerOf(): string {
    return this.ownId;
  }
}
