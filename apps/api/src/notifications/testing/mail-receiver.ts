import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Head and body as they came over the line. */
  readonly data: string;
}

/** As much of RFC 5321 as it takes to receive a mail: EHLO, AUTH PLAIN, MAIL, RCPT, DATA, QUIT. */
export interface MailReceiver {
  readonly port: number;
  readonly mails: ReceivedMail[];
  /** Users and passwords that tried to log in. */
  readonly logins: string[];
  /** Answer to the end of DATA; null: none. */
  verdict: string | null;
  close(): Promise<void>;
}

export async function startMailReceiver(): Promise<MailReceiver> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    converse(socket, receiver);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: MailReceiver = {
    port: (server.address() as AddressInfo).port,
    mails: [],
    logins: [],
    verdict: '250 taken',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return receiver;
}

function converse(socket: Socket, receiver: MailReceiver): void {
  let [from, to, data, isData, rest]: [string, string[], string[], boolean, string] = ['', [], [], false, ''];
  const say = (line: string) => socket.write(`${line}\r\n`);
  const hear = (line: string): void => {
    if (isData) {
      if (line !== '.') return void data.push(line.replace(/^\./, ''));
      isData = false;
      if (receiver.verdict?.startsWith('250')) receiver.mails.push({ from, to, data: data.join('\n') });
      if (receiver.verdict !== null) say(receiver.verdict);
      return;
    }
    const word = line.split(' ')[0]?.toUpperCase();
    if (word === 'EHLO') {
      say('250-receiver');
      say('250 AUTH PLAIN');
    } else if (word === 'AUTH') {
      receiver.logins.push(
        Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString()
          .split('\0')
          .slice(1)
          .join(' '),
      );
      say('235 welcome');
    } else if (word === 'MAIL') {
      [from, to, data] = [/<(.*?)>/.exec(line)?.[1] ?? '', [], []];
      say('250 ok');
    } else if (word === 'RCPT') {
      to = [...to, /<(.*?)>/.exec(line)?.[1] ?? ''];
      say('250 ok');
    } else if (word === 'DATA') {
      isData = true;
      say('354 go on');
    } else if (word === 'QUIT') {
      say('221 bye');
      socket.end();
    } else say('250 ok');
  };
  say('220 receiver');
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString()).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });
}
