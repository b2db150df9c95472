import { createServer, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { AddressGuard } from '../infra/net/address-guard.ts';
import { type Mail, type MailServer, sendMail } from './send-mail.ts';
import { type MailReceiver, type MailReceiverOptions, startMailReceiver } from './testing/mail-receiver.ts';
import { makeAuthority } from './testing/make-certificates.ts';

const HOST = 'mail.example';
const authority = makeAuthority('Authority of the tests');
const certified = authority.certify(HOST);
const guard = new AddressGuard(['127.0.0.1'], async () => [{ address: '127.0.0.1', family: 4 }]);
const trusted = tls.getCACertificates('default');
const opened: { close(): unknown }[] = [];

// As NODE_EXTRA_CA_CERTS does for an operator with an authority of their own.
beforeAll(() => tls.setDefaultCACertificates([...trusted, authority.cert]));
afterAll(() => tls.setDefaultCACertificates(trusted));
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function receive(options: MailReceiverOptions): Promise<MailReceiver> {
  const receiver = await startMailReceiver({ certified, ...options });
  opened.push(receiver);
  return receiver;
}

const send = (port: number, server: Partial<MailServer> = {}, mail: Partial<Mail> = {}) =>
  sendMail(
    guard,
    { host: HOST, port, security: 'starttls', username: 'grey', password: 'mail-password', ...server },
    {
      title: 'Rolled back',
      text: 'pay v2 → v1',
      from: 'grey@example.com',
      to: ['night@example.com'],
      id: 'e-1.c',
      timeoutMs: 10_000,
      ...mail,
    },
  );

test.each(['starttls', 'tls'] as const)(
  'logs in and hands over by %s to a server that shows who it is',
  async (security) => {
    const receiver = await receive({ security, password: 'mail-password' });
    await send(receiver.port, { security });
    expect(receiver.logins).toEqual(['grey mail-password']);
    expect(receiver.mails).toMatchObject([{ to: ['night@example.com'], isEncrypted: true }]);
    expect(receiver.mails[0]?.data).toContain('Message-ID: <e-1.c@grey-router>');
  },
);

const strangers = {
  'of an authority that nobody knows': makeAuthority('Somebody').certify(HOST),
  'for another name': authority.certify('other.example'),
  'that is over': authority.certify(HOST, 0),
};
test.each(
  (['starttls', 'tls'] as const).flatMap((security) =>
    Object.entries(strangers).map(([name, certificate]) => ({ security, name, certificate })),
  ),
)('by $security tells neither password nor mail to a certificate $name', async ({ security, certificate }) => {
  const receiver = await receive({ security, certified: certificate });
  await expect(send(receiver.port, { security })).rejects.toThrow(/certificate|altnames|expired/i);
  expect([receiver.logins, receiver.mails]).toEqual([[], []]);
});

test('a wrong password is told by the code of the server, and no mail is handed over', async () => {
  const receiver = await receive({ security: 'starttls', password: 'another' });
  await expect(send(receiver.port)).rejects.toMatchObject({ responseCode: 535 });
  expect(receiver.mails).toEqual([]);
});

test('recipients that are refused are a failure, whether some of them or all', async () => {
  const receiver = await receive({ security: 'starttls', refusedRecipients: ['gone@example.com'] });
  const some = send(receiver.port, {}, { to: ['night@example.com', 'gone@example.com'] });
  await expect(some).rejects.toThrow('refused for 1 recipient(s)');
  expect(receiver.mails).toMatchObject([{ to: ['night@example.com'] }]);
  await expect(send(receiver.port, {}, { to: ['gone@example.com'] })).rejects.toMatchObject({ responseCode: 550 });
  expect(receiver.mails).toHaveLength(1);
});

test('a server that takes the mail and says no more is given up in time, and left', async () => {
  const receiver = await receive({ security: 'starttls' });
  receiver.verdict = null;
  await expect(send(receiver.port, {}, { timeoutMs: 500 })).rejects.toThrow(/not taken within 500 ms|ETIMEDOUT/);
  await vi.waitFor(() => expect(receiver.openCount).toBe(0), { timeout: 10_000 });
});

/** What a server may do instead of speaking SMTP. */
const faulty: Record<string, (socket: Socket) => void> = {
  'says nothing at all': () => undefined,
  'stops after its greeting': (socket) => void socket.write('220 mail.example\r\n'),
  'hangs while TLS is agreed on': (socket) => {
    socket.write('220 mail.example\r\n');
    socket.on('data', (chunk) => {
      if (chunk.toString().startsWith('EHLO')) socket.write('250-mail.example\r\n250 STARTTLS\r\n');
      if (chunk.toString().startsWith('STARTTLS')) socket.write('220 go on\r\n');
    });
  },
  'greets without an end': (socket) => {
    const timer = setInterval(() => socket.write('220-still there\r\n'), 20);
    socket.on('close', () => clearInterval(timer));
  },
  'answers without an end': (socket) => {
    socket.write('220 mail.example\r\n');
    socket.once('data', () => {
      const timer = setInterval(() => socket.write('250-still there\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    });
  },
  'pours garbage': (socket) => {
    const pour = () => void (socket.writable && socket.write(Buffer.alloc(65_536, 0xe9)) && setImmediate(pour));
    socket.on('drain', pour);
    pour();
  },
  'speaks HTTP': (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'hangs up': (socket) => void socket.destroy(),
};
test.each(Object.keys(faulty))(
  'a server that %s holds up nobody longer than the limit, and nothing is left open',
  async (name) => {
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      faulty[name]?.(socket);
      // What nobody reads has no end.
      socket.resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    await expect(send((server.address() as { port: number }).port, {}, { timeoutMs: 500 })).rejects.toThrow();
    await vi.waitFor(() => expect(sockets.size).toBe(0), { timeout: 10_000 });
  },
);
