import type { Provider } from '@nestjs/common';
import { ExperimentCountsStore } from './experiment-counts.store.ts';
import { ExperimentsService } from './experiments.service.ts';
import { ExperimentsStore } from './experiments.store.ts';

export const experimentsProviders: Provider[] = [ExperimentCountsStore, ExperimentsService, ExperimentsStore];
