import type { Provider } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { DecisionListeners } from '../routing/decision-listeners.ts';
import { DecisionSamples } from './decision-samples.ts';
import { KeptNames } from './kept-names.ts';
import { SamplesService } from './samples.service.ts';
import { ServiceSourceService } from './service-source.service.ts';
import { SimulationsService } from './simulations.service.ts';

export const samplesProviders: Provider[] = [
  {
    provide: DecisionSamples,
    useFactory: (config: Config, listeners: DecisionListeners) => {
      const keptNames = new KeptNames(config.GREY_SAMPLE_HEADERS);
      const samples = new DecisionSamples({ isOn: config.GREY_SAMPLES, keptNames });
      if (samples.isOn) listeners.add(samples.see);
      return samples;
    },
    inject: [CONFIG, DecisionListeners],
  },
  SamplesService,
  ServiceSourceService,
  SimulationsService,
];
