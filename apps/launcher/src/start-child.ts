import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { logFolder, ownProgram } from './locations.ts';

const STOPPED_WITHIN_MS = 12_000;
const SHOWN_LOG_LINES = 20;

export interface ChildOptions {
  /** Names the log file. */
  readonly name: string;
  /** Absolute path of the compiled program. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly nodeOptions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** Resolves, never rejects, when the process has ended. */
  readonly ended: Promise<void>;
  isRunning(): boolean;
  /** SIGTERM, and SIGKILL when that is not heeded; resolves when the process has ended. */
  stop(): Promise<void>;
  /** The end of what it logged. */
  lastWords(): string;
}

/**
 * Starts a Node program of ours, its output going to `.grey/logs/<name>.log`.
 *
 * It gets a process group of its own, so that Ctrl-C in the terminal reaches the launcher alone and the parts are
 * stopped in order, and a channel, so that it ends when the launcher is killed.
 */
export function startChild(options: ChildOptions): Child {
  mkdirSync(logFolder, { recursive: true });
  const logFile = path.join(logFolder, `${options.name}.log`);
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(
    process.execPath,
    [
      ...(options.nodeOptions ?? []),
      '--import',
      ownProgram('exit-with-parent.js'),
      options.program,
      ...(options.args ?? []),
    ],
    { env: { ...process.env, ...options.env }, detached: true, stdio: ['ignore', log, log, 'ipc'] },
  );
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // Sending to a child that has just ended is no fault: its end is reported by `ended`.
  child.on('error', () => undefined);
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    name: options.name,
    pid: child.pid ?? -1,
    process: child,
    ended,
    isRunning,
    stop: async () => {
      if (!isRunning()) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
      await ended;
      clearTimeout(timer);
    },
    lastWords: () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-SHOWN_LOG_LINES).join('\n'),
  };
}
