import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { PushReceiver } from './naming-client.ts';

/** The server gzips what is large; a packet that unfolds to more than this is not a list of instances. */
const LARGEST_PUSH_BYTES = 4 * 1024 * 1024;

/**
 * Makes the package receive pushes on the one address that our way to the servers starts from, and from the servers only. A push is not believed, for anybody who forges a sender's address could empty a
 * service with it: it only says which service is to be read.
 *
 * @param bases of the servers
 * @param onPush told `group@@service`
 * @returns the address the servers are to send to; undefined when none can be reached by UDP over IPv4
 */
export async function bindPushReceiver(
  receiver: PushReceiver,
  bases: readonly string[],
  onPush: (name: string) => void,
): Promise<string | undefined> {
  const servers = await addressesOf(bases);
  const address = await findOwnAddress(servers, bases);
  const original = receiver._handlePushMessage.bind(receiver);
  receiver._handlePushMessage = (message, sender) => {
    if (!servers.has(sender.address)) return;
    const name = nameIn(message);
    if (name === undefined) return;
    // The original acknowledges; the server would send again otherwise.
    original(message, sender);
    onPush(name);
  };
  return address !== undefined && (await listen(receiver, address)) ? address : undefined;
}

/** @returns false when the port could not be opened: then the polls find what has changed */
async function listen(receiver: PushReceiver, address: string): Promise<boolean> {
  const socket = createSocket('udp4');
  const end = () => {
    receiver._udpPort = 0;
    // The package closes what it finds here, and a socket cannot be closed twice.
    if (receiver._server === socket) receiver._server = null;
    closeOnce(socket);
  };
  try {
    socket.bind({ port: 0, address, exclusive: true });
    await once(socket, 'listening');
  } catch {
    end();
    return false;
  }
  socket.on('error', end);
  socket.on('message', (message, sender) => receiver._handlePushMessage(message, sender));
  receiver._server = socket;
  receiver._udpPort = socket.address().port;
  return true;
}

function closeOnce(socket: Socket): void {
  try {
    socket.close();
  } catch {
    // It is closed already.
  }
}

async function addressesOf(bases: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await Promise.all(
    bases.map((base) => lookup(new URL(base).hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => [])),
  );
  return new Set(found.flat().map(({ address }) => address));
}

/** A datagram socket that is connected sends nothing, but the kernel has chosen the address it would send from. */
async function findOwnAddress(servers: ReadonlySet<string>, bases: readonly string[]): Promise<string | undefined> {
  const target = [...servers].find(isIPv4);
  if (target === undefined) return undefined;
  const socket = createSocket('udp4');
  try {
    const connected = once(socket, 'connect');
    socket.connect(Number(new URL(bases[0] as string).port) || 80, target);
    await connected;
    return socket.address().address;
  } catch {
    return undefined;
  } finally {
    closeOnce(socket);
  }
}

/** The service a push is about: `{ type: 'dom', data: '{"name": "group@@service", …}' }`, gzipped or not. */
function nameIn(message: Buffer): string | undefined {
  try {
    const isZipped = message[0] === 0x1f && message[1] === 0x8b;
    const text = isZipped ? gunzipSync(message, { maxOutputLength: LARGEST_PUSH_BYTES }) : message;
    const packet = JSON.parse(text.toString('utf8'));
    const name = packet.type === 'dom' ? JSON.parse(packet.data).name : undefined;
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}
