import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Waits at a pipe that this process holds and remembers the last number it was told. The pipe closes when we close it or when
 * we are gone, killed hard included (no signal handler could do that): then the process goes, and the folder with it.
 */
const SCRIPT = 'while read -r pid; do last=$pid; done; [ -z "$last" ] || kill -9 "$last"; [ -z "$1" ] || rm -rf "$1"';

export interface Guard {
  /** The process to end with this one; undefined when there is none now. */
  watch(pid: number | undefined): void;
  /** Ends what is watched, removes the folder, and resolves when both is done. */
  release(): Promise<void>;
}

/** @param folder to remove in the end, if any */
export function startGuard(folder = ''): Guard {
  // A group of its own: a Ctrl-C in the terminal must not end the guard before those whom it guards.
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'guard', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = once(guard, 'exit');
  guard.stdin.on('error', () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref?: () => void }).unref?.();
  return {
    watch: (pid) => void guard.stdin.write(`${pid ?? ''}\n`),
    async release() {
      guard.ref();
      guard.stdin.end();
      await gone;
    },
  };
}
