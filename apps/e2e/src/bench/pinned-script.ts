import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/** A script of this folder in a process of its own, bound to a core where one is given and that is possible. It talks over messages. */
export class PinnedScript {
  readonly #child: ChildProcess;

  constructor(core: number | null, script: string, ...args: string[]) {
    const command = [process.execPath, fileURLToPath(new URL(script, import.meta.url)), ...args];
    const [file = '', ...rest] = canPin && core !== null ? ['taskset', '-c', String(core), ...command] : command;
    this.#child = spawn(file, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  /** Its next message. @throws when it ends instead */
  async receive<Answer>(): Promise<Answer> {
    const waiting = new AbortController();
    const { signal } = waiting;
    try {
      const ended = once(this.#child, 'exit', { signal }).then(() => Promise.reject(new Error('a process ended')));
      const [message] = await Promise.race([once(this.#child, 'message', { signal }), ended]);
      return message as Answer;
    } finally {
      waiting.abort();
    }
  }

  ask<Message extends string | number | object, Answer>(message: Message): Promise<Answer> {
    const answer = this.receive<Answer>();
    this.#child.send(message);
    return answer;
  }

  stop(): void {
    this.#child.kill();
  }
}
