/**
 * Follows docs/guides/embedded-to-production.md as a reader would: every block in its order, one shell, real servers. What
 * the guide shows after a command must come, at once or, where asking again changes nothing, after a while.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  findRedis,
  needsNacos,
  type RunningNacos,
  type RunningPostgres,
  startNacos,
  startPostgres,
} from '@grey/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findNginx } from '../find-nginx.ts';
import { rootFolder } from '../locations.ts';
import { type GuideMachine, openGuideMachine } from './guide-machine.ts';
import { GuideShell } from './guide-shell.ts';
import { layOutNginx } from './lay-out-nginx.ts';
import { matchesShown, matchesText } from './matches.ts';
import { type Block, readGuide } from './read-guide.ts';

const STEP_MS = 120_000;
const SETTLED = { timeout: 45_000, interval: 100 };
/** The guide sends what changes something with `-d`, and what may be asked again with `--data`. */
const CHANGES_SOMETHING = / -d |-X /;

const steps = readGuide(readFileSync(path.join(rootFolder, 'docs/guides/embedded-to-production.md'), 'utf8'));
const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-guide-'));
const closings: (() => Promise<unknown>)[] = [];
let machine: GuideMachine;
let shell: GuideShell;
let postgres: RunningPostgres;
let nacos: Promise<RunningNacos> | undefined;
let hasFailed = false;

beforeAll(async () => {
  machine = await openGuideMachine(folder);
  nacos = openNacos();
  const dataDir = path.join(folder, 'var/postgres');
  postgres = await startPostgres({ dataDir, port: machine.port('5432'), isDurable: false });
  closings.push(() => postgres.stop());
  const own = Object.entries(process.env).filter(([name]) => !/^(GREY_|NODE_)/.test(name));
  const env = { ...Object.fromEntries(own), PATH: `${machine.programs}${path.delimiter}${process.env.PATH}` };
  const state = path.join(folder, 'var/shell');
  mkdirSync(state);
  shell = new GuideShell({ cwd: rootFolder, folder: state, env: env as Record<string, string> });
  closings.push(() => shell.close());
}, STEP_MS);

afterAll(async () => {
  for (const close of closings.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
}, STEP_MS);

test('the guide has steps, and each says how to know that it worked', () => {
  expect(steps.length).toBeGreaterThan(5);
  for (const { title, blocks } of steps) {
    expect(
      blocks.some(({ language }) => language === 'json' || language === 'text'),
      title,
    ).toBe(true);
  }
});

for (const { title, blocks } of steps) {
  test(title, { ...requirementsOf(title), timeout: STEP_MS }, async () => {
    if (hasFailed) throw new Error('An earlier step has failed.');
    hasFailed = true;
    await prepare(title);
    for (const [index, block] of blocks.entries()) await follow(block, blocks[index + 1]);
    hasFailed = false;
  });
}

/** What a reader is expected to have running. */
async function prepare(title: string): Promise<void> {
  if (title.endsWith('Nacos')) {
    machine.setPort('8848', (await (nacos as Promise<RunningNacos>)).port);
  }
  const nginx = findNginx();
  if (title.includes('balancer') && 'path' in nginx) {
    await shell.start('nginx', layOutNginx(nginx.path, folder, machine.programs));
    await vi.waitFor(() => expect(readFileSync(path.join(folder, 'var/nginx.pid'), 'utf8')).toMatch(/\d/), SETTLED);
  }
}

/** It takes longest to start, so it does while the first steps are followed. */
function openNacos(): Promise<RunningNacos> | undefined {
  if (needsNacos().skip) return undefined;
  const starting = startNacos({ generation: 3 });
  // Told by the step that needs it.
  starting.catch(() => undefined);
  closings.push(async () => (await starting.catch(() => undefined))?.stop());
  return starting;
}

async function follow(block: Block, next: Block | undefined): Promise<void> {
  const text = machine.translate(block.text);
  if (block.language === 'sql') await query(text);
  if (block.language !== 'sh') return;
  if (block.start !== undefined) return shell.start(block.start, text);
  if (block.stop !== undefined) return shell.stop(block.stop);
  if (next === undefined || !['json', 'text'].includes(next.language)) return void (await shell.run(text));
  const shown = machine.translate(next.text);
  const attempt = async () => {
    const output = await shell.run(text);
    const isShown = next.language === 'json' ? matchesJson(output, shown) : matchesText(output, shown);
    if (!isShown) throw new Error(`${text}\nanswered\n${output}\nand not\n${shown}\n${shell.lastWords()}`);
  };
  await (CHANGES_SOMETHING.test(text) ? attempt() : vi.waitFor(attempt, SETTLED));
}

function matchesJson(output: string, shown: string): boolean {
  try {
    return matchesShown(JSON.parse(output), JSON.parse(shown));
  } catch {
    return false;
  }
}

async function query(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url() });
  await client.connect();
  try {
    // CREATE DATABASE must not share a message with anything else.
    for (const statement of text.split(/;\n/).filter((one) => one.trim() !== '')) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Without a server of theirs, steps are skipped by name with the reason. */
function requirementsOf(title: string): { skip: boolean; meta: object } {
  const number = Number.parseInt(title, 10);
  const redis = findRedis();
  if (number >= 4 && 'reason' in redis) return { skip: true, meta: { skipReason: redis.reason } };
  if (title.endsWith('Nacos')) return needsNacos();
  const nginx = findNginx();
  const isMissing = title.includes('balancer') && 'reason' in nginx;
  return isMissing ? { skip: true, meta: { skipReason: nginx.reason } } : { skip: false, meta: {} };
}
