import type { Provider } from '@nestjs/common';
import { VersionGuards } from './version-guards.ts';

export const guardsProviders: Provider[] = [VersionGuards];
