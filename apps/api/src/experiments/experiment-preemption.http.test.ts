import { afterAll, beforeAll } from 'vitest';
import { describePreemptible } from '../../test/preemptible-contract.ts';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { ExperimentPreemption } from './experiment-preemption.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const make =
  (further: object, leadsThere = true) =>
  async (serviceId: string, version: string, other: string): Promise<string> => {
    const variants = [
      { name: 'a', version: 'v1', weight: 5_000 },
      { name: 'b', version: leadsThere ? version : other, weight: 5_000 },
    ];
    const body = { id: 'x', unit: { by: 'tenant' }, variants, ...further };
    const { status } = await api.ask('POST', `/api/services/${serviceId}/experiments`, body);
    if (status !== 201) throw new Error(`the experiment was not created: ${status}`);
    return 'x';
  };

describePreemptible({
  name: 'experiments',
  api: () => api,
  preemptible: () => api.app.get(ExperimentPreemption),
  running: {
    running: make({ isRunning: true }),
    'yet to begin': make({ isRunning: true, startAt: '2099-01-01T00:00:00.000Z' }),
  },
  harmless: {
    'stopped already': make({ isRunning: false }),
    'leading elsewhere': make({ isRunning: true }, false),
  },
});
