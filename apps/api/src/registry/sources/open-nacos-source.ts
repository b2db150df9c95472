import { Logger } from '@nestjs/common';
import { NacosHttp, type SourceLogger } from './nacos-http.ts';
import { NacosLogin } from './nacos-login.ts';
import { completeNacosSettings, type NacosSettings, type NacosSourceSettings } from './nacos-settings.ts';
import { NacosV1Source } from './nacos-v1-source.ts';
import { NacosV3Source, V3_SERVICES_PATH } from './nacos-v3-source.ts';
import { type RegistrySource, SourceUnavailableError } from './registry-source.ts';

const LOGIN_PATHS = { v1: '/v1/auth/login', v3: '/v3/auth/user/login' } as const;

/**
 * Opens a Nacos by whichever API it speaks: v1 (servers 1.x to 3.1) where it is there, else v3 (3.0 and later).
 *
 * @throws SourceUnavailableError when no server answers, none of both is there, or the credentials are refused: try again later
 * @throws TypeError when the settings cannot be
 */
export async function openNacosSource(
  settings: NacosSourceSettings,
  logger: SourceLogger = new Logger('nacos'),
): Promise<RegistrySource> {
  const complete = completeNacosSettings(settings);
  const api = settings.api ?? 'auto';
  if (api !== 'auto') return api === 'v1' ? openV1(complete, logger) : openV3(complete, logger);
  try {
    return await openV1(complete, logger);
  } catch (error) {
    if (!(error instanceof SourceUnavailableError) || error.failure !== 'UNSUPPORTED') throw error;
    return openV3(complete, logger);
  }
}

async function openV1(settings: NacosSettings, logger: SourceLogger): Promise<RegistrySource> {
  return probed(settings, 'v1', logger, '/v1/ns/service/list', (http) => NacosV1Source.open(http, settings, logger));
}

async function openV3(settings: NacosSettings, logger: SourceLogger): Promise<RegistrySource> {
  return probed(settings, 'v3', logger, V3_SERVICES_PATH, async (http) => new NacosV3Source(http, settings, logger));
}

/** Reads one service's name: what every sync begins with, so whoever may not do it learns it here. */
async function probed(
  settings: NacosSettings,
  api: 'v1' | 'v3',
  logger: SourceLogger,
  path: string,
  open: (http: NacosHttp) => Promise<RegistrySource>,
): Promise<RegistrySource> {
  const { credentials, namespace } = settings;
  const login = credentials === undefined ? undefined : new NacosLogin(credentials, LOGIN_PATHS[api]);
  const http = new NacosHttp(settings, login, logger);
  try {
    await http.get(path, { namespaceId: namespace, pageNo: '1', pageSize: '1' });
    return await open(http);
  } catch (error) {
    http.close();
    throw error;
  }
}
