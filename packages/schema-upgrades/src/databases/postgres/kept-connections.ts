import type { DataSourceAddress } from '../../migration.ts';
import type { PostgresWay } from './connect-postgres.ts';

/** Long enough for the next tenant of a wave, short enough that nobody counts it as a connection. */
const KEPT_MS = 2_000;
/** A server's process remembers every table it has seen: one that has served so many sessions is let go. */
const MOST_SESSIONS = 100;

/** A connection that has been made, whoever uses it at the moment. */
export interface Line extends PostgresWay {
  sessionCount: number;
}

interface Kept {
  readonly line: Line;
  readonly server: string;
  readonly way: string;
  /** Ends the keeping, not the connection. */
  stop(): void;
}

/**
 * Connections that a session has ended with, kept a moment for the next one of the same database and user: to make one costs
 * the server as much as three small migrations. There are never more connections to a server than sessions were open at once.
 * They hold no process alive.
 */
export class KeptConnections {
  readonly #kept: Kept[] = [];

  /** One that leads there; else room is made for a new one to that server. */
  take(address: DataSourceAddress): Line | undefined {
    const found = this.#remove((one) => one.way === wayTo(address));
    if (found !== undefined) {
      found.socket.ref();
      return found;
    }
    const other = this.#remove((one) => one.server === serverOf(address));
    if (other !== undefined) hangUp(other);
    return undefined;
  }

  /** Its session must be as if it had just begun. */
  put(address: DataSourceAddress, line: Line): void {
    if (line.sessionCount >= MOST_SESSIONS || line.socket.destroyed) {
      hangUp(line);
      return;
    }
    const drop = () => {
      if (this.#remove((one) => one.line === line) !== undefined) hangUp(line);
    };
    line.socket.unref();
    line.client.once('end', drop);
    const timer = setTimeout(drop, KEPT_MS).unref();
    const stop = () => {
      clearTimeout(timer);
      line.client.off('end', drop);
    };
    this.#kept.push({ line, server: serverOf(address), way: wayTo(address), stop });
  }

  /** Ends all that are kept. */
  clear(): void {
    for (let line = this.#remove(() => true); line !== undefined; line = this.#remove(() => true)) hangUp(line);
  }

  #remove(isIt: (one: Kept) => boolean): Line | undefined {
    const at = this.#kept.findLastIndex(isIt);
    if (at < 0) return undefined;
    const [found] = this.#kept.splice(at, 1);
    found?.stop();
    return found?.line;
  }
}

function hangUp(line: Line): void {
  line.client.end().catch(() => undefined);
  setTimeout(() => line.socket.destroy(), 2_000).unref();
}

const serverOf = ({ host, port, connectTo = host }: DataSourceAddress) => `${connectTo} ${port}`;

/** Whoever gives the same words would be let in the same way; kept in memory only, as the connection itself is. */
const wayTo = ({ host, port, connectTo, database, user, password, tls }: DataSourceAddress) =>
  JSON.stringify([host, port, connectTo, database, user, password, tls]);
