// Opens a v1 source, subscribes, prints the addresses of this process's UDP sockets, closes it and ends by itself, if it can.
// Usage: node open-and-close-nacos.mjs URL
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { openNacosSource } from '../src/registry/sources/open-nacos-source.ts';

const source = await openNacosSource({ urls: [process.argv[2]] });
await new Promise((resolve) => source.subscribe('orders', resolve));
console.log(`udp ${udpAddresses().join(' ')}`);
source.subscribe('asked-while-closing', () => console.log('told after close'));
await source.close();
console.log('closed');
// Not waited for: only what the source has left behind would keep the process until then.
setTimeout(() => console.log('lingered'), 8_000).unref();

function udpAddresses() {
  const inodes = new Set(
    readdirSync('/proc/self/fd').map((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
      } catch {
        return undefined;
      }
    }),
  );
  inodes.delete(undefined);
  const rows = ['udp', 'udp6'].flatMap((table) => readFileSync(`/proc/self/net/${table}`, 'utf8').split('\n').slice(1));
  const own = rows.map((row) => row.trim().split(/\s+/)).filter((cells) => inodes.has(cells[9]));
  return own.map((cells) => Buffer.from(cells[1].split(':')[0], 'hex').reverse().join('.'));
}
