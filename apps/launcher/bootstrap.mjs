// First program of `npm start` and `npm test`. It runs on whatever Node the machine has (20 or later) and has no
// dependencies, because it is what installs them: dependencies, then the build, then it hands over to the Node 24 that
// the installation brought along. Everything it starts ends with it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PNPM = 'pnpm@12.21.0';
const STOP_WITHIN_MS = 45_000;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const stampFile = path.join(root, 'node_modules', '.grey-installed.json');
const programs = {
  start: { build: ['--filter=@grey/launcher', '--filter=@grey/console'], main: 'apps/launcher/dist/main.js' },
  test: { build: [], main: 'apps/launcher/dist/check.js' },
};

/** @type {((signal: NodeJS.Signals) => void) | undefined} */
let stopCurrent;
/** @type {NodeJS.Signals | undefined} */
let stoppedBy;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => stop(signal));
// npm hands signals on (package.json says `exec`, lest they end at the shell in between), unless it is killed itself.
const parent = process.ppid;
if (process.env.npm_lifecycle_event) {
  setInterval(() => {
    if (process.ppid !== parent) stop('SIGTERM');
  }, 250).unref();
}

try {
  process.exitCode = await main(process.argv[2], process.argv.slice(3));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (process.argv[2] === 'test') console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  // Ctrl-C arrives twice, from the terminal and forwarded by npm: once is enough.
  if (stoppedBy !== undefined) return;
  stoppedBy = signal;
  stopCurrent?.(signal);
}

/** @param {string | undefined} name @param {string[]} args */
async function main(name, args) {
  const program = programs[/** @type {'start' | 'test'} */ (name)];
  if (program === undefined) throw new Error('Usage: node apps/launcher/bootstrap.mjs start|test');
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Error(`Node ${process.versions.node} is too old to begin with; install Node 20 or later.`);
  }
  const pnpmFolder = await install();
  if (stoppedBy) return exitCodeOf(name);
  await build(program.build, pnpmFolder);
  if (stoppedBy) return exitCodeOf(name);
  const code = await handOver(program.main, args, pnpmFolder);
  return stoppedBy ? exitCodeOf(name, code) : code;
}

/** A start that is stopped has done its work; a test run that is stopped has not. */
function exitCodeOf(name, code = 0) {
  return name === 'start' ? code : 130;
}

/** Installs what the lockfile says, unless that is what is there. Returns the folder of the `pnpm` command. */
async function install() {
  const fingerprint = hashFiles(['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', '.npmrc']);
  const stamp = readStamp();
  if (
    stamp?.fingerprint === fingerprint &&
    existsSync(path.join(stamp.pnpmFolder, 'pnpm')) &&
    existsSync(nodeFolder())
  ) {
    return stamp.pnpmFolder;
  }
  const startedAt = Date.now();
  console.log('Installing dependencies (once, and again when the lockfile changes) …');
  const installed = await run('npx', ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only']);
  if (stoppedBy) return '';
  if (installed.code !== 0) {
    console.error(installed.output.trimEnd());
    throw new Error('Installing failed, see above; run the same command again, it goes on where it stopped.');
  }
  const where = await run('npx', ['--yes', '--package', PNPM, '-c', 'command -v pnpm']);
  const pnpmFolder = path.dirname(where.output.trim().split('\n').at(-1) ?? '');
  if (!existsSync(nodeFolder())) throw new Error('Node 24 was not installed; remove node_modules and try again.');
  writeFileSync(stampFile, `${JSON.stringify({ fingerprint, pnpmFolder })}\n`);
  console.log(`Installed in ${seconds(startedAt)}.`);
  return pnpmFolder;
}

/** Builds what changed; turbo knows what did. */
async function build(filters, pnpmFolder) {
  const startedAt = Date.now();
  console.log('Building what changed …');
  const turbo = path.join(root, 'node_modules', '.bin', 'turbo');
  const built = await run(turbo, ['run', 'build', ...filters, '--output-logs=errors-only'], environment(pnpmFolder));
  if (stoppedBy) return;
  if (built.code !== 0) {
    console.error(built.output.trimEnd());
    throw new Error('The build failed, see above.');
  }
  console.log(`Built in ${seconds(startedAt)}.`);
}

/** Runs the rest on Node 24. The channel between the two lets it notice when this process is killed. */
function handOver(main, args, pnpmFolder) {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(nodeFolder(), 'node'), [path.join(root, main), ...args], {
      cwd: root,
      env: environment(pnpmFolder),
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    stopCurrent = (signal) => {
      child.kill(signal);
      setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS).unref();
    };
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a command in a process group of its own, so that stopping it stops what it started as well.
 *
 * @returns {Promise<{ code: number, output: string }>}
 */
function run(command, args, env = environment()) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    stopCurrent = () => killGroup(child.pid, 'SIGTERM');
    child.once('error', reject);
    child.once('close', (code) => {
      stopCurrent = undefined;
      if (stoppedBy) killGroup(child.pid, 'SIGKILL');
      resolve({ code: code ?? 1, output });
    });
  });
}

function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

function environment(pnpmFolder) {
  const folders = [nodeFolder(), path.join(root, 'node_modules', '.bin'), pnpmFolder, process.env.PATH];
  return {
    ...process.env,
    // npx itself must run on the Node it came with, so Node 24 goes in front only once pnpm is known.
    ...(pnpmFolder ? { PATH: folders.join(path.delimiter) } : {}),
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  };
}

function nodeFolder() {
  return path.join(root, 'node_modules', 'node', 'bin');
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return undefined;
  }
}

function hashFiles(names) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const name of names) hash.update(name).update(readFileSync(path.join(root, name)));
  return hash.digest('hex');
}

function seconds(startedAt) {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
}
