import { randomBytes } from 'node:crypto';
import type { operations, Samples } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { RouterState } from '../routing/router-state.ts';
import { DecisionSamples, SAMPLE_CAPACITY } from './decision-samples.ts';
import { showSample } from './show-sample.ts';

type Ops = typeof operations;
const SHOWN = 100;

/** What operators may see of the sampled decisions. */
@Injectable()
export class SamplesService {
  readonly #secret = randomBytes(32);

  constructor(
    private readonly samples: DecisionSamples,
    private readonly router: RouterState,
  ) {}

  /** The latest of the sample first. @throws ApiError SERVICE_UNKNOWN */
  get({ input }: Called<Ops['getSamples']>): Samples {
    const { serviceId } = this.#assertKnown(input.params);
    const { items, seenCount, since } = this.samples.of(serviceId);
    const latest = [...items].sort((a, b) => b.at - a.at).slice(0, SHOWN);
    return {
      serviceId,
      isOn: this.samples.isOn,
      capacity: SAMPLE_CAPACITY,
      sampleCount: items.length,
      seenCount,
      since: since === null ? null : new Date(since).toISOString(),
      keptHeaders: [...this.samples.keptNames.list],
      items: latest.map((sample) => showSample(sample, this.#secret)),
    };
  }

  /** How much of the sample of a service was decided to one version. */
  countVersion(serviceId: string, version: string) {
    const { items, since } = this.samples.of(serviceId);
    const decided = items.filter((sample) => sample.version === version);
    const latestAt = decided.reduce((latest, { at }) => Math.max(latest, at), 0);
    return {
      isOn: this.samples.isOn,
      since: since === null ? null : new Date(since).toISOString(),
      sampleCount: items.length,
      versionCount: decided.length,
      latestAt: latestAt === 0 ? null : new Date(latestAt).toISOString(),
    };
  }

  /** @throws ApiError SERVICE_UNKNOWN */
  clear({ input }: Called<Ops['clearSamples']>): void {
    this.samples.clear(this.#assertKnown(input.params).serviceId);
  }

  #assertKnown<T extends { serviceId: string }>(params: T): T {
    const { snapshot } = this.router;
    if (snapshot?.hasService(params.serviceId) !== true) throw new ApiError('SERVICE_UNKNOWN');
    return params;
  }
}
