import type { Provider } from '@nestjs/common';
import { DecisionCounters } from '../routing/decision-counters.ts';
import { CountFlusher } from './count-flusher.ts';
import { ExperimentCountsStore } from './experiment-counts.store.ts';
import { ExperimentPreemption } from './experiment-preemption.ts';
import { ExperimentsService } from './experiments.service.ts';
import { ExperimentsStore } from './experiments.store.ts';

export const experimentsProviders: Provider[] = [
  {
    provide: CountFlusher,
    useFactory: (counters: DecisionCounters, store: ExperimentCountsStore) => new CountFlusher(counters, store),
    inject: [DecisionCounters, ExperimentCountsStore],
  },
  ExperimentCountsStore,
  ExperimentPreemption,
  ExperimentsService,
  ExperimentsStore,
];
