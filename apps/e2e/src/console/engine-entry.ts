import * as engine from '@grey/route-core';
import { runAnalysis, runSimulation } from '../../../../packages/route-core/src/testing/run-judgement.ts';
import { runVector } from '../../../../packages/route-core/src/testing/run-vector.ts';
import type { EngineInPage } from './engine-in-page.ts';

/** What the page of the test calls: the engine as a browser gets it, under one name. */
const inPage: EngineInPage = {
  run: (vector) => runVector(engine, vector),
  analyze: (one) => runAnalysis(engine, one),
  simulate: (one) => runSimulation(engine, one),
};
Object.assign(globalThis, { greyEngine: inPage });
