import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findRedis, pickFreePort } from '@grey/testkit';

/** Ports as a guide names them. */
const NAMED_PORTS = ['5432', '6379', '8848', '8080', '8081', '8000', '9001', '9002'] as const;
export type NamedPort = (typeof NAMED_PORTS)[number];

/** The machine that a guide is followed on: its ports and folders are ours, so that nobody is in the way of it. */
export interface GuideMachine {
  /** A port of this run for one that the guide names. */
  port(named: NamedPort): number;
  /** Says where a server listens that chose its port itself. */
  setPort(named: NamedPort, port: number): void;
  /** Puts ports and folders of this run into a text of the guide. */
  translate(text: string): string;
  /** First on the PATH: programs under the names the guide has for them. */
  readonly programs: string;
}

/** @param folder empty; becomes the machine's root */
export async function openGuideMachine(folder: string): Promise<GuideMachine> {
  const ports = new Map<string, number>();
  for (const named of NAMED_PORTS) ports.set(named, await pickQuietPort([...ports.values()]));
  for (const name of ['etc/nginx/conf.d', 'var/lib', 'bin']) mkdirSync(path.join(folder, name), { recursive: true });
  const programs = path.join(folder, 'bin');
  const redis = findRedis();
  if ('path' in redis) writeProgram(path.join(programs, 'redis-server'), redis.path);
  return {
    port: (named) => ports.get(named) as number,
    setPort: (named, port) => void ports.set(named, port),
    translate: (text) =>
      text
        .replaceAll(/(?<![\w.])\/(etc|var)\/(?=grey|lib\/grey|nginx)/g, `${folder}/$1/`)
        .replaceAll(/(?<!\d)\d{4}(?!\d)/g, (named) => String(ports.get(named) ?? named)),
    programs,
  };
}

/** A program that is another one, called with further arguments first. */
export function writeProgram(file: string, command: string): void {
  writeFileSync(file, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
}

/**
 * A free port below those that the kernel gives to outgoing connections: minutes may pass until the guide comes to it. Five
 * digits, so that no text is translated twice.
 */
async function pickQuietPort(taken: readonly number[]): Promise<number> {
  const candidates = Array.from({ length: 50 }, () => 12_000 + Math.floor(Math.random() * 18_000));
  return pickFreePort(candidates.filter((port) => !taken.includes(port)));
}
