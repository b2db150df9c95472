import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Certified } from './make-certificates.ts';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Head and body as they came over the line. */
  readonly data: string;
  readonly isEncrypted: boolean;
}

/** A real mail server of a test, on loopback. */
export interface MailReceiver {
  readonly port: number;
  readonly mails: ReceivedMail[];
  /** Users and passwords that tried to log in. */
  readonly logins: string[];
  /** Answer to the end of DATA; null: none. */
  verdict: string | null;
  readonly openCount: number;
  close(): Promise<void>;
}

export interface MailReceiverOptions {
  /** tls from the first byte, after STARTTLS, or never. */
  readonly security?: 'tls' | 'starttls' | 'none';
  readonly certified?: Certified;
  /** The only one that is let in; undefined: everybody, and who does not log in too. */
  readonly password?: string;
  readonly refusedRecipients?: readonly string[];
}

export async function startMailReceiver(options: MailReceiverOptions = {}): Promise<MailReceiver> {
  const { security = 'none', certified, password, refusedRecipients = [] } = options;
  const server = new SMTPServer({
    ...certified,
    secure: security === 'tls',
    disabledCommands: security === 'starttls' ? [] : ['STARTTLS'],
    authOptional: password === undefined,
    // Nothing is to wait for the name of loopback.
    disableReverseLookup: true,
    onAuth({ username, password: given }, _session, callback) {
      receiver.logins.push(`${username} ${given}`);
      if (password !== undefined && given !== password) callback(answer('535 no'));
      else callback(null, { user: username });
    },
    onRcptTo({ address }, _session, callback) {
      callback(refusedRecipients.includes(address) ? answer('550 nobody here') : null);
    },
    onData(stream, { envelope, secure }, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { verdict } = receiver;
        if (verdict === null) return;
        if (!verdict.startsWith('250')) return callback(answer(verdict));
        receiver.mails.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          data: Buffer.concat(chunks).toString().replaceAll('\r\n', '\n'),
          isEncrypted: secure,
        });
        callback(null);
      });
    },
  } satisfies SMTPServerOptions);
  // Clients that break off, or that cannot agree on TLS, are what some tests are about.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  const receiver: MailReceiver = {
    port: (server.server.address() as AddressInfo).port,
    mails: [],
    logins: [],
    verdict: '250 taken',
    get openCount() {
      return server.connections.size;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of server.connections) connection.close();
      }),
  };
  return receiver;
}

function answer(line: string): Error {
  return Object.assign(new Error(line.slice(4)), { responseCode: Number(line.slice(0, 3)) });
}
