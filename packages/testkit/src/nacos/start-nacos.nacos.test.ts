import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { isAlive, readCommandLine } from '../find-process.ts';
import { needsNacos } from './find-nacos.ts';
import { startNacos } from './start-nacos.ts';

test(
  'a server answers on loopback only, keeps what is persistent over a kill, and leaves nothing behind',
  needsNacos(),
  async () => {
    const server = await startNacos({ generation: 3 });
    const home = /-Dnacos\.home=(\S+)/.exec(readCommandLine(server.pid))?.[1] as string;
    const form = { serviceName: 'kept', ip: '127.0.0.1', port: '9001', ephemeral: 'false' };
    await vi.waitFor(async () => {
      const registered = await fetch(`${server.url}/nacos/v1/ns/instance`, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      expect(registered.status).toBe(200);
    }, 20_000);
    expect(listeningAddresses(server.pid).filter((address) => !address.startsWith('127.'))).toEqual([]);

    const first = server.pid;
    await server.kill();
    expect(isAlive(first)).toBe(false);
    await server.restart();
    expect(server.pid).not.toBe(first);
    await vi.waitFor(async () => {
      const answer = await fetch(`${server.url}/nacos/v1/ns/instance/list?serviceName=kept`);
      expect(await answer.json()).toMatchObject({ hosts: [{ port: 9001 }] });
    }, 20_000);

    const last = server.pid;
    await server.stop();
    expect(isAlive(last)).toBe(false);
    expect(existsSync(home)).toBe(false);
  },
);

test('a server ends with the process that started it, killed hard', needsNacos(), async () => {
  const script = `
    import { startNacos } from ${JSON.stringify(new URL('./start-nacos.ts', import.meta.url).href)};
    const server = await startNacos({ generation: 2 });
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(line);
  expect(readCommandLine(pid)).toContain('NacosServer');
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 10_000);
});

/** Local addresses of the listening TCP sockets of a process, as `127.0.0.1` or `::`. */
function listeningAddresses(pid: number): string[] {
  if (process.platform !== 'linux') return [];
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      } catch {
        return undefined;
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .map((row) => row.trim().split(/\s+/))
      .filter((row) => row[3] === '0A' && inodes.has(row[9]))
      .map((row) => addressOf((row[1] as string).split(':')[0] as string)),
  );
}

/** The kernel prints addresses as words in the byte order of the machine, which is little-endian everywhere Nacos is run here. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  for (let i = 0; i < bytes.length; i += 4) bytes.subarray(i, i + 4).reverse();
  const isMapped = bytes.length === 16 && bytes.subarray(0, 12).equals(Buffer.from('00000000000000000000ffff', 'hex'));
  return bytes.length === 4 || isMapped ? [...bytes.subarray(-4)].join('.') : bytes.toString('hex');
}
