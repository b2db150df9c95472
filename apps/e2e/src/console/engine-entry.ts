import * as engine from '@grey/route-core';
import { runVector } from '../../../../packages/route-core/src/testing/run-vector.ts';
import type { EngineInPage } from './engine-in-page.ts';

/** What the page of the test calls: the engine as a browser gets it, under one name. */
const inPage: EngineInPage = { run: (vector) => runVector(engine, vector) };
Object.assign(globalThis, { greyEngine: inPage });
