import { createHmac } from 'node:crypto';

export interface SigningKey {
  readonly id: string;
  readonly secret: string;
}

/**
 * Value of `Grey-Signature`: per key `t=<seconds since 1970>;kid=<id>;v1=<hex>`, joined by `, `. The signature is
 * HMAC-SHA256 over the seconds, a dot and the body as sent; the time keeps a recorded request from being good for ever.
 */
export function signEvent(keys: readonly SigningKey[], seconds: number, body: string): string {
  return keys
    .map(({ id, secret }) => `t=${seconds};kid=${id};v1=${hmac(secret, `${seconds}.${body}`).toString('hex')}`)
    .join(', ');
}

/** DingTalk's `timestamp` (ms) and `sign` of the query: HMAC-SHA256 of `timestamp\nsecret` under the secret, base64. */
export function signDingtalk(secret: string, milliseconds: number): string {
  return hmac(secret, `${milliseconds}\n${secret}`).toString('base64');
}

/** Feishu's `sign` in the body: HMAC-SHA256 of nothing under `timestamp\nsecret` (seconds), base64. */
export function signFeishu(secret: string, seconds: number): string {
  return hmac(`${seconds}\n${secret}`, '').toString('base64');
}

function hmac(key: string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
