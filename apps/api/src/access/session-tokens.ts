import { randomUUID } from 'node:crypto';
import { decodeProtectedHeader, SignJWT } from 'jose';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { ApiError } from '../infra/http/api-error.ts';

const ISSUER = 'grey-service-router';
const AUDIENCE = 'grey-service-router/api';
const ALGORITHM = 'HS256';
const TYPE = 'at+jwt';
const LIFETIME_S = 8 * 3600;
const LEEWAY_S = 5;

/** What a session token says. */
export interface SessionClaims {
  /** User id. */
  readonly sub: string;
  /** Token id, to revoke it by. */
  readonly jti: string;
  /** The user's token version when it was issued; another number voids the token. */
  readonly ver: number;
  /** End, seconds since 1970. */
  readonly exp: number;
}

/** Issues and verifies session tokens: JWT, HS256, with algorithm, type, issuer and audience pinned. */
export class SessionTokens {
  readonly #key: Uint8Array;
  readonly #strategy: Strategy;

  /** @param secret at least 32 bytes, the same on every replica */
  constructor(secret: string) {
    this.#key = new TextEncoder().encode(secret);
    this.#strategy = new Strategy(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKey: Buffer.from(this.#key),
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        jsonWebTokenOptions: { clockTolerance: LEEWAY_S },
      },
      (claims: unknown, done: (error: Error | null, user?: unknown) => void) => done(null, claims),
    );
  }

  /** A new token for a user, good for eight hours. */
  async issue(userId: string, tokenVersion: number, nowMs = Date.now()): Promise<{ token: string; expiresAt: Date }> {
    const issuedAt = Math.floor(nowMs / 1000);
    const token = await new SignJWT({ ver: tokenVersion })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .setSubject(userId)
      .setJti(randomUUID())
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_S)
      .sign(this.#key);
    return { token, expiresAt: new Date((issuedAt + LIFETIME_S) * 1000) };
  }

  /** @throws ApiError TOKEN_INVALID */
  async verify(token: string): Promise<SessionClaims> {
    assertHeader(token);
    const claims = (await this.#runStrategy(token)) as Partial<SessionClaims> | undefined;
    const { sub, jti, ver, exp } = claims ?? {};
    if (typeof sub !== 'string' || typeof jti !== 'string' || typeof ver !== 'number' || typeof exp !== 'number')
      throw new ApiError('TOKEN_INVALID');
    return { sub, jti, ver, exp };
  }

  /**
   * passport hands a request to a copy of the strategy that knows how to report; /route is answered before Express and
   * Nest exist for a request, so the same is done here, once for both.
   */
  #runStrategy(token: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const attempt = Object.assign(Object.create(this.#strategy) as Strategy, {
        success: resolve,
        fail: () => reject(new ApiError('TOKEN_INVALID')),
        error: (cause: unknown) => reject(new ApiError('TOKEN_INVALID', {}, { cause })),
      });
      attempt.authenticate({ headers: { authorization: `Bearer ${token}` } } as never);
    });
  }
}

/** jsonwebtoken, below passport-jwt, checks neither `typ` nor `crit`. */
function assertHeader(token: string): void {
  try {
    const { alg, typ, crit } = decodeProtectedHeader(token);
    if (alg === ALGORITHM && typ === TYPE && crit === undefined) return;
  } catch {
    // not a JWT at all
  }
  throw new ApiError('TOKEN_INVALID');
}
