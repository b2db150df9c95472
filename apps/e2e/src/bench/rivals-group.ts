import { type Figure, median } from './figure.ts';
import { PinnedScript } from './pinned-script.ts';
import { printFigures } from './print-figures.ts';

/**
 * The same question to three engines: which version does this tenant get? Half of the tenants have one of their own, the
 * others are split half and half by a stable hash of their id. `decide` looks the tenant's version up, and finds an
 * instance besides; the flag engines are handed the tenant's group and match it with a rule. With the argument `rules` all
 * three have the same twenty rules on the group, of which one is met by half of the tenants and none by the others; with
 * `split` there is only the split. Each engine has a process of its own, so that none pays for the
 * garbage of another, and they take short turns on one core, so that a slow moment of the machine strikes all of them.
 */
const ROUNDS = 5;
const TURNS = 5;
const TURN_MS = 150;
const WARM_UP_MS = 1000;
const NAMES = ['decide', 'unleash', 'growthbook'] as const;

type Rates = Record<(typeof NAMES)[number], number>;

/** @returns per second */
async function runRound(question: string): Promise<Rates> {
  const engines = NAMES.map((name) => ({ name, script: new PinnedScript(0, 'rival-engine.ts', name, question) }));
  const totals: Rates = { decide: 0, unleash: 0, growthbook: 0 };
  try {
    for (const { script } of engines) await script.receive();
    for (const { script } of engines) await script.ask(WARM_UP_MS);
    for (let turn = 0; turn < TURNS; turn++) {
      for (const { name, script } of engines) totals[name] += (await script.ask<number, number>(TURN_MS)) / TURNS;
    }
    return totals;
  } finally {
    for (const { script } of engines) script.stop();
  }
}

const question = process.argv[2] ?? 'own';
const title = { own: '', rules: ', 20 rules', split: ', split only' }[question] ?? '';
const rounds: Rates[] = [];
while (rounds.length < ROUNDS) rounds.push(await runRound(question));

const figure = (name: string, rival: keyof Rates, least: number): Figure => ({
  name: `decide against ${name}${title}`,
  value: median(rounds.map((rates) => rates.decide)),
  unit: '/s',
  ratio: median(rounds.map((rates) => rates.decide / rates[rival])),
  budget: question === 'split' ? null : { of: 'ratio', bound: 'at least', limit: least },
});
printFigures([figure('unleash-client', 'unleash', 3), figure('GrowthBook', 'growthbook', 8)]);
