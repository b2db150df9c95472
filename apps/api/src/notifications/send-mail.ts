import { isIP, Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import type { AddressGuard } from '../infra/net/address-guard.ts';
import type { Message } from './write-message.ts';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly username: string | null;
  readonly password: string | null;
}

export interface Mail extends Message {
  readonly from: string;
  readonly to: readonly string[];
  /** Without brackets and domain; the same at every attempt, so that mail programs show a repetition once. */
  readonly id: string;
  readonly timeoutMs: number;
}

/**
 * Hands one mail to an SMTP server, on the address that the guard has judged.
 *
 * @throws AddressRefused; Error when the server did not take it in time, for at least one recipient
 */
export async function sendMail(guard: AddressGuard, server: MailServer, mail: Mail): Promise<void> {
  const { timeoutMs } = mail;
  const { timer, over } = startTimer(timeoutMs);
  // Ours, since the library lets go of a connection only when the server does, or says nothing for long.
  const socket = new Socket();
  try {
    const target = await Promise.race([guard.resolve(server.host), over]);
    const transport = createTransport({
      host: target.address,
      port: server.port,
      socket,
      secure: server.security === 'tls',
      requireTLS: server.security === 'starttls',
      ignoreTLS: server.security === 'none',
      // A literal address is no name to ask a server for; the certificate must then name the address.
      ...(isIP(server.host) === 0 ? { tls: { servername: server.host } } : {}),
      ...(server.username === null ? {} : { auth: { user: server.username, pass: server.password ?? '' } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      const sent = await Promise.race([
        transport.sendMail({
          from: mail.from,
          to: [...mail.to],
          subject: mail.title,
          text: mail.text,
          messageId: `<${mail.id}@grey-router>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        }),
        over,
      ]);
      // Repeated for all: who has it already knows it by its id.
      if (sent.rejected.length > 0) throw new Error(`refused for ${sent.rejected.length} recipient(s)`);
    } finally {
      transport.close();
    }
  } finally {
    socket.destroy();
    clearTimeout(timer);
  }
}

function startTimer(timeoutMs: number): { timer: NodeJS.Timeout; over: Promise<never> } {
  let timer!: NodeJS.Timeout;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not taken within ${timeoutMs} ms`)), timeoutMs);
  });
  over.catch(() => undefined);
  return { timer, over };
}
