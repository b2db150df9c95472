import { globSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

/** Stryker's `TestStatus`. */
const PASSED = 0;
const FAILED = 1;
/** Stryker calls it endless when a mutant is met 100 times as often as its place in the run without mutants; 10 will do here. */
const HIT_SHARE = 1 / 10;
/** Milliseconds of the processor after which a mutant counts as survived though not all its tests were tried; slow ones come last. */
const BUDGET_MS = Number(process.env.MUTATION_BUDGET_MS ?? Number.POSITIVE_INFINITY);
/** What a test is taken to last that was not run here yet. */
const SLOW_MS = 250;
const CALL = new Script('runTestOfMutant()');

/**
 * A test runner for Stryker that loads all tests once and runs them for one mutant after the other in the same process: a
 * mutant costs what its tests cost, some 30 ms, where a new worker for each test file costs seconds.
 *
 * What a mutant leaves behind must not count for the next. Maps made while loading (memories of modules) are put back before
 * each, and a test that failed must then pass without the mutant, else the process is given up and the mutant tried anew.
 * Constants of modules cannot be mutated this way: only with `ignoreStatic`.
 */
class InProcessRunner {
  static inject = [];
  /** What the instrumented code reads and writes. */
  #ns = {};
  #tests = new Map();
  #memories = [];
  /** Milliseconds that a test took at best; the quick are asked first. */
  #durations = new Map();
  #triedCount = 0;
  #isSpoilt = false;

  capabilities() {
    // Never needed, as constants are left out, and saying no would have Stryker restart the process for nothing.
    return { reloadEnvironment: true };
  }

  async init() {
    globalThis.__stryker__ = this.#ns;
    const root = process.cwd();
    const urlOf = (path) => pathToFileURL(join(root, path)).href;
    const registry = urlOf('mutation/test-registry.mjs');
    const fewCases = urlOf('src/testing/few-cases.ts');
    const { expect } = await import('vitest');
    const { registered, useExpect } = await import(registry);
    useExpect(expect);
    const stands = new Map([
      ['vitest', registry],
      ['fast-check', fewCases],
    ]);
    registerHooks({
      resolve(specifier, context, next) {
        const url = stands.get(specifier);
        return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
      },
    });
    await import(fewCases);
    const stopWatching = this.#watchMaps();
    for (const file of globSync('src/**/*.test.ts').sort()) {
      const from = registered.length;
      await import(urlOf(file));
      for (const { title, run } of registered.slice(from))
        this.#add(join(root, file), relative(root, file), title, run);
    }
    stopWatching();
  }

  #add(fileName, file, title, run) {
    let id = `${file}#${title}`;
    for (let again = 2; this.#tests.has(id); again++) id = `${file}#${title} (${again})`;
    this.#tests.set(id, { id, name: title, fileName, run });
  }

  #watchMaps() {
    const real = globalThis.Map;
    const made = [];
    const watched = new Proxy(real, {
      construct(target, args, newTarget) {
        const map = Reflect.construct(target, args, newTarget === watched ? target : newTarget);
        made.push(map);
        return map;
      },
    });
    globalThis.Map = watched;
    return () => {
      globalThis.Map = real;
      this.#memories = made.map((map) => ({ map, entries: [...map] }));
    };
  }

  #forget() {
    for (const { map, entries } of this.#memories) {
      map.clear();
      for (const [key, value] of entries) map.set(key, value);
    }
  }

  async dryRun() {
    const tests = [];
    for (const test of this.#tests.values()) {
      this.#ns.currentTestId = test.id;
      const result = await this.#run(test, Number.MAX_SAFE_INTEGER);
      this.#ns.currentTestId = undefined;
      this.#durations.set(test.id, result.timeSpentMs);
      tests.push(result);
    }
    return { status: 'complete', tests, mutantCoverage: this.#ns.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit: given }) {
    if (this.#isSpoilt) throw new Error('a mutant has left something behind');
    this.#triedCount += 1;
    const hitLimit = given === undefined ? undefined : Math.ceil(given * HIT_SHARE);
    const ids = testFilter ?? [...this.#tests.keys()];
    const tests = ids.map((id) => this.#tests.get(id)).sort((a, b) => this.#costOf(a) - this.#costOf(b));
    this.#forget();
    Object.assign(this.#ns, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    const begin = process.cpuUsage();
    let count = 0;
    for (const test of tests) {
      count += 1;
      const result = await this.#run(test);
      if (result.status === FAILED) return await this.#judge(test, result, count, hitLimit);
      this.#durations.set(test.id, Math.min(this.#costOf(test), result.timeSpentMs));
      if (process.cpuUsage(begin).user / 1000 > BUDGET_MS) break;
    }
    const { hitCount } = this.#ns;
    this.#ns.activeMutant = undefined;
    return hitCount > hitLimit ? endless(hitCount, hitLimit) : { status: 'survived', nrOfTests: count };
  }

  #costOf({ id }) {
    return this.#durations.get(id) ?? SLOW_MS;
  }

  /** @throws when the test fails without the mutant too, unless no other mutant can be the cause of that */
  async #judge(test, { tookTooLong, failureMessage }, nrOfTests, hitLimit) {
    const { hitCount } = this.#ns;
    Object.assign(this.#ns, { activeMutant: undefined, hitCount: 0, hitLimit: undefined });
    this.#forget();
    const { status } = await this.#run(test);
    this.#isSpoilt = status === FAILED;
    if (this.#isSpoilt && this.#triedCount > 1) throw new Error(`${test.id} fails without a mutant`);
    if (hitCount > hitLimit) return endless(hitCount, hitLimit);
    if (tookTooLong) return { status: 'timeout', reason: 'Out of time' };
    return { status: 'killed', killedBy: [test.id], failureMessage, nrOfTests };
  }

  async #run({ id, name, fileName, run }, allowedMs = Math.ceil(1500 + 10 * (this.#durations.get(id) ?? SLOW_MS))) {
    const begin = performance.now();
    const done = (rest) => ({ id, name, fileName, timeSpentMs: performance.now() - begin, ...rest });
    try {
      await runInTime(run, allowedMs);
      return done({ status: PASSED });
    } catch (error) {
      const tookTooLong = error?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
      return done({ status: FAILED, tookTooLong, failureMessage: String(error?.message ?? error).slice(0, 300) });
    }
  }
}

const endless = (hitCount, hitLimit) => ({ status: 'timeout', reason: `Hit limit reached (${hitCount}/${hitLimit})` });

/** Ends what does not come to an end by itself. Judged by the time of the processor, which others may be using. */
async function runInTime(run, allowedMs) {
  globalThis.runTestOfMutant = run;
  if (allowedMs === Number.MAX_SAFE_INTEGER) return await run();
  for (let timeout = allowedMs; ; timeout *= 4) {
    const before = process.cpuUsage();
    try {
      return await CALL.runInThisContext({ timeout });
    } catch (error) {
      const usedMs = process.cpuUsage(before).user / 1000;
      if (error?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT' || usedMs > allowedMs / 2) throw error;
    }
  }
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'in-process', injectableClass: InProcessRunner }];
