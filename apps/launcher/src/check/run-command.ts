import { spawn } from 'node:child_process';
import { rootFolder } from '../locations.ts';

export interface CommandOptions {
  /** Relative to the root of the checkout. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface CommandResult {
  /** Exit code; undefined when it was ended from outside. */
  readonly code: number | undefined;
  /** What it printed, both streams in the order they came. */
  readonly output: string;
  readonly hasTimedOut: boolean;
}

/**
 * Runs a command in a process group of its own and ends the whole group when the time is up or the run is stopped.
 * `GREY_*` variables of the developer's shell are kept away: tests must not meet a real database by accident.
 */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: `${rootFolder}/${options.folder ?? ''}`,
      env: { ...withoutOurVariables(process.env), FORCE_COLOR: '0', ...options.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let hasTimedOut = false;
    const collect = (chunk: string) => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    const end = () => endGroup(child.pid);
    const timer = setTimeout(() => {
      hasTimedOut = true;
      end();
    }, options.timeoutMs);
    options.signal.addEventListener('abort', end, { once: true });
    const settle = (code: number | null) => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', end);
      resolve({ code: code ?? undefined, output, hasTimedOut });
    };
    child.once('error', (error) => {
      output += String(error);
      settle(null);
    });
    child.once('close', settle);
  });
}

const KILL_AFTER_MS = 10_000;

function endGroup(pid: number | undefined): void {
  signalGroup(pid, 'SIGTERM');
  setTimeout(() => signalGroup(pid, 'SIGKILL'), KILL_AFTER_MS).unref();
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

function withoutOurVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GREY_')));
}
