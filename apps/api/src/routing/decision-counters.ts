import type { Decision } from '@grey/route-core';
import type { RequestOutcome } from '@grey/route-module';

/** Sets of labels of one metric; whatever comes later counts as `other`. */
const LABEL_LIMIT = 5_000;

/** Decisions of one variant since the counts were last taken. */
export interface VariantCount {
  readonly serviceId: string;
  readonly experimentId: string;
  readonly variant: string;
  readonly count: number;
}

/**
 * Counts what rules, lanes and experiments have decided: for /metrics since the start, and per variant since somebody last
 * took the counts to add them up over all replicas. All labels are names of the configuration.
 */
export class DecisionCounters {
  readonly #experiments = new LabelledCounter('experiment_decisions', ['service', 'experiment', 'variant']);
  readonly #lanes = new LabelledCounter('lane_decisions', ['service', 'lane']);
  readonly #mirrors = new LabelledCounter('mirror_decisions', ['service', 'version']);
  readonly #notes = new LabelledCounter('request_notes', ['outcome']);
  #untaken = new Map<string, number>();

  decided(decision: Decision): void {
    if (!decision.ok) return;
    const { serviceName, experiment, lane, mirror } = decision;
    if (lane !== null) this.#lanes.add([serviceName, lane]);
    if (mirror !== null) this.#mirrors.add([serviceName, mirror.version]);
    if (experiment !== null) {
      const labels = [serviceName, experiment.id, experiment.variant];
      this.#experiments.add(labels);
      const key = keyOf(labels);
      this.#untaken.set(key, (this.#untaken.get(key) ?? 0) + 1);
    }
  }

  noted(outcome: RequestOutcome): void {
    this.#notes.add([outcome]);
  }

  /** The counts since the last call, which now belong to the caller. */
  take(): VariantCount[] {
    const taken = [...this.#untaken].map(([key, count]) => {
      const [serviceId, experimentId, variant] = key.split(SEPARATOR) as [string, string, string];
      return { serviceId, experimentId, variant, count };
    });
    this.#untaken = new Map();
    return taken;
  }

  /** Takes counts back that could not be written. */
  giveBack(counts: readonly VariantCount[]): void {
    for (const { serviceId, experimentId, variant, count } of counts) {
      const key = keyOf([serviceId, experimentId, variant]);
      this.#untaken.set(key, (this.#untaken.get(key) ?? 0) + count);
    }
  }

  /** In the text format of Prometheus. */
  async print(): Promise<string> {
    return [
      this.#experiments.print('Decisions of an experiment by variant.'),
      this.#lanes.print('Decisions for calls in a lane.'),
      this.#mirrors.print('Decisions that ask for a copy of the request.'),
      this.#notes.print(
        'What /route believed of requests and what not: tags stripped, positions missed, user tokens refused.',
      ),
    ].join('');
  }
}

/** Stands in no name of the configuration. */
const SEPARATOR = '\n';

function keyOf(labels: readonly string[]): string {
  return labels.join(SEPARATOR);
}

class LabelledCounter {
  readonly #name: string;
  readonly #labels: readonly string[];
  readonly #counts = new Map<string, number>();

  constructor(name: string, labels: readonly string[]) {
    this.#name = `grey_router_${name}_total`;
    this.#labels = labels;
  }

  add(values: readonly string[]): void {
    let key = keyOf(values);
    let count = this.#counts.get(key);
    if (count === undefined && this.#counts.size >= LABEL_LIMIT) {
      key = keyOf(values.map(() => 'other'));
      count = this.#counts.get(key);
    }
    this.#counts.set(key, (count ?? 0) + 1);
  }

  print(help: string): string {
    const lines = [`# HELP ${this.#name} ${help}`, `# TYPE ${this.#name} counter`];
    for (const [key, count] of this.#counts) {
      const values = key.split(SEPARATOR);
      lines.push(`${this.#name}{${this.#labels.map((label, i) => `${label}="${values[i]}"`).join(',')}} ${count}`);
    }
    return `${lines.join('\n')}\n`;
  }
}
