import { z } from 'zod';
import type { NacosRequest, NacosResponse } from './nacos-request.ts';
import { SourceUnavailableError } from './registry-source.ts';

const answerSchema = z.object({ accessToken: z.string().min(1), tokenTtl: z.number().positive() });

/** Of its life a token is used for so much: the clocks of client and server differ. */
const USED_SHARE = 0.8;
/** A token refused so soon after it was issued was not refused for its age. */
const FRESH_MS = 5_000;

type Send = (request: NacosRequest) => Promise<NacosResponse>;

/** Keeps one token, and gets the next before the old one ends. Sent as a header, so that neither it nor a password is in a URL. */
export class NacosLogin {
  readonly #credentials: { readonly username: string; readonly password: string };
  readonly #path: string;
  readonly #now: () => number;
  #token: { readonly value: string; readonly issuedAt: number; readonly usedUntil: number } | undefined;
  #underWay: Promise<string> | undefined;

  /** @param path `/v1/auth/login` or `/v3/auth/user/login` */
  constructor(
    credentials: { readonly username: string; readonly password: string },
    path: string,
    now: () => number = Date.now,
  ) {
    this.#credentials = credentials;
    this.#path = path;
    this.#now = now;
  }

  /** @throws SourceUnavailableError */
  async getToken(send: Send): Promise<string> {
    if (this.#token !== undefined && this.#now() < this.#token.usedUntil) return this.#token.value;
    // Hundreds of polls may find the token too old at once; one of them logs in.
    this.#underWay ??= this.#logIn(send).finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Told that the server refused a token. True: it is forgotten, and another attempt with a new one makes sense. */
  forget(token: string): boolean {
    if (this.#token === undefined || this.#token.value !== token) return true;
    if (this.#now() < this.#token.issuedAt + FRESH_MS) return false;
    this.#token = undefined;
    return true;
  }

  async #logIn(send: Send): Promise<string> {
    const issuedAt = this.#now();
    const answer = await this.#ask(send);
    if (answer.status === 404 || answer.status === 410) {
      throw new SourceUnavailableError(
        'UNSUPPORTED',
        `POST ${this.#path}: ${answer.status}, the server does not have this API.`,
      );
    }
    const body = answerSchema.safeParse(answer.status === 200 ? parse(answer.text) : undefined);
    if (!body.success) {
      // For a wrong password 2.3 says 0 and 3.1 says 500 or 403; the body is not repeated, it might name what we sent.
      throw new SourceUnavailableError(
        'REFUSED',
        `Nacos refused the login of ${this.#credentials.username} (${answer.status}).`,
      );
    }
    const { accessToken, tokenTtl } = body.data;
    this.#token = { value: accessToken, issuedAt, usedUntil: issuedAt + tokenTtl * 1_000 * USED_SHARE };
    return accessToken;
  }

  async #ask(send: Send): Promise<NacosResponse> {
    try {
      return await send({ method: 'POST', path: this.#path, form: this.#credentials });
    } catch (error) {
      if (error instanceof SourceUnavailableError && error.failure === 'GARBAGE') return { status: 0, text: '' };
      throw error;
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
