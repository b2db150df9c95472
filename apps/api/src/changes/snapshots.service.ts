import { Injectable } from '@nestjs/common';
import { SnapshotStore } from './snapshot.store.ts';

/** What routers and streams may read of the log and the state behind it. */
@Injectable()
export class SnapshotsService {
  /** The whole state at one position. @throws ApiError DATABASE_UNAVAILABLE */
  readonly loadSource: SnapshotStore['loadSource'];
  /** The whole state with what is known of tenants beyond the engine. @throws ApiError DATABASE_UNAVAILABLE */
  readonly loadAll: SnapshotStore['loadAll'];
  /** The end of the log. @throws ApiError DATABASE_UNAVAILABLE */
  readonly loadPosition: SnapshotStore['loadPosition'];
  /** The changes after a position, or `'reset'` when they cannot be had. @throws ApiError DATABASE_UNAVAILABLE */
  readonly loadDeltas: SnapshotStore['loadDeltas'];

  constructor(store: SnapshotStore) {
    this.loadSource = () => store.loadSource();
    this.loadAll = () => store.loadAll();
    this.loadPosition = () => store.loadPosition();
    this.loadDeltas = (after) => store.loadDeltas(after);
  }
}
