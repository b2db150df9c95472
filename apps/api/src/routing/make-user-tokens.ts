import { createRemoteKeys, UserTokens } from '@grey/route-module';
import type { Config } from '../config/config.schema.ts';

const KEY_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];

/** Verifies the tokens of end users as configured; undefined: they are not verified here. */
export function makeUserTokens(config: Config): UserTokens | undefined {
  const { GREY_USER_TOKEN_ISSUER: issuer, GREY_USER_TOKEN_AUDIENCE: audience } = config;
  if (issuer === undefined || audience === undefined) return undefined;
  const secret = config.GREY_USER_TOKEN_SECRET;
  const url = config.GREY_USER_TOKEN_JWKS_URL;
  const key =
    secret !== undefined
      ? Buffer.from(secret)
      : url !== undefined
        ? createRemoteKeys(new URL(url))
        : config.GREY_USER_TOKEN_PUBLIC_KEY!;
  const algorithms = config.GREY_USER_TOKEN_ALGORITHMS ?? (secret === undefined ? KEY_ALGORITHMS : ['HS256']);
  return new UserTokens({ issuer, audience, algorithms, key });
}
