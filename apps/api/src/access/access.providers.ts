import type { Provider } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { AccessGuard } from './access.guard.ts';
import { AccessStore } from './access.store.ts';
import { AccessFile } from './access-file.ts';
import { ApiKeysService } from './api-keys.service.ts';
import { SessionTokens } from './session-tokens.ts';
import { SessionsService } from './sessions.service.ts';
import { TokensService } from './tokens.service.ts';
import { UsersService } from './users.service.ts';

/** Who may do what. `AccessGuard` is made global by the composition root; `TokensService.start` belongs to the boot. */
export const accessProviders: Provider[] = [
  {
    provide: SessionTokens,
    useFactory: (config: Config) => new SessionTokens(config.GREY_JWT_SECRET),
    inject: [CONFIG],
  },
  { provide: AccessFile, useFactory: (config: Config) => new AccessFile(config.GREY_DATA_DIR), inject: [CONFIG] },
  AccessStore,
  TokensService,
  SessionsService,
  UsersService,
  ApiKeysService,
  AccessGuard,
];
