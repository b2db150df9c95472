import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A key with its certificate, both as PEM. */
export interface Certified {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority of a test: nobody knows it but who is told. */
export interface Authority {
  readonly cert: string;
  /** @param host name that the certificate is for @param days how long it holds, from yesterday on; 0 is over */
  certify(host: string, days?: number): Certified;
}

const DAY_MS = 86_400_000;
const SHA256_ECDSA = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

/** X.509 (RFC 5280) by hand, as little of it as a server needs: tests bring no authority along that could leak. */
export function makeAuthority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = extension(oid(0x55, 0x1d, 0x13), sequence(tagged(0x01, Buffer.from([0xff]))), true);
  const issue = (subject: string, publicKey: KeyObject, extensions: Buffer, days: number): string =>
    pem('CERTIFICATE', signed(keys.privateKey, name, subject, publicKey, extensions, days));
  return {
    cert: issue(name, keys.publicKey, isAuthority, 30),
    certify: (host, days = 30) => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const names = extension(oid(0x55, 0x1d, 0x11), sequence(tagged(0x82, Buffer.from(host))), false);
      return {
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
        cert: issue(host, own.publicKey, names, days),
      };
    },
  };
}

function signed(
  issuerKey: KeyObject,
  issuer: string,
  subject: string,
  publicKey: KeyObject,
  extensions: Buffer,
  days: number,
): Buffer {
  const from = Date.now() - DAY_MS;
  const serial = Buffer.concat([Buffer.from([1]), Buffer.from(subject).subarray(0, 12)]);
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    SHA256_ECDSA,
    nameOf(issuer),
    sequence(time(from), time(from + days * DAY_MS)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(extensions)),
  );
  return sequence(body, SHA256_ECDSA, tagged(0x03, Buffer.from([0]), sign('sha256', body, issuerKey)));
}

function nameOf(text: string): Buffer {
  const commonName = sequence(oid(0x55, 0x04, 0x03), tagged(0x0c, Buffer.from(text)));
  return sequence(tagged(0x31, commonName));
}

function extension(id: Buffer, value: Buffer, isCritical: boolean): Buffer {
  const critical = isCritical ? tagged(0x01, Buffer.from([0xff])) : Buffer.alloc(0);
  return sequence(id, critical, tagged(0x04, value));
}

/** UTCTime: good until 2049. */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

function oid(...bytes: number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes));
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

/** DER: tag, length, value. */
function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), value]);
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
