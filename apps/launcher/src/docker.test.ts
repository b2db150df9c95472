import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { rootFolder } from './locations.ts';

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly init?: boolean;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: { readonly resources?: { readonly limits?: { cpus?: string; memory?: string } } };
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly environment: string }>>;
}

const dockerFolder = path.join(rootFolder, 'docker');
const composeFolder = path.join(dockerFolder, 'compose');
const read = (name: string) => readFileSync(path.join(dockerFolder, name), 'utf8');
const compose = parse(read('compose/compose.yaml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const example = new Map([...read('compose/.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, k, v]) => [k, v]));

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('the compose file', () => {
  test('has the real set', () => {
    expect(services.map(([name]) => name)).toEqual(['postgres', 'redis', 'nacos', 'api-1', 'api-2', 'balancer']);
  });

  test.each(services)('%s is watched, limited, and started again', (_name, service) => {
    const ownImage = service.build !== undefined;
    if (ownImage) expect(read('api/Dockerfile')).toMatch(/^HEALTHCHECK /m);
    else expect(service.healthcheck?.test[0]).toMatch(/^CMD(-SHELL)?$/);
    expect(service.deploy?.resources?.limits).toEqual({
      cpus: expect.stringMatching(/^\d/),
      memory: expect.stringMatching(/^\d+[mg]$/),
      ...(ownImage ? { pids: expect.any(Number) } : {}),
    });
    expect(service).toMatchObject({ restart: 'unless-stopped', init: true });
    // A tag that moves would bring another major version some day, over the data of this one.
    expect(service.image).toMatch(/:(v?\d|\$\{GREY_VERSION:-local\}$)/);
  });

  test.each(services)('%s is reachable from this machine alone', (_name, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+|\$\{GREY_PORT:-8080\}):\d+$/);
  });

  test('what is named is declared, what is declared is used, and what is waited for is there', () => {
    const secrets = services.flatMap(([, service]) => service.secrets ?? []);
    expect(new Set(secrets)).toEqual(new Set(Object.keys(compose.secrets)));
    const mounts = services.flatMap(([, service]) => service.volumes ?? []).map((text) => text.split(':')[0] as string);
    const [files, volumes] = [
      mounts.filter((one) => one.startsWith('.')),
      mounts.filter((one) => !one.startsWith('.')),
    ];
    expect(volumes.sort()).toEqual(Object.keys(compose.volumes).sort());
    for (const file of files) expect(existsSync(path.join(composeFolder, file))).toBe(true);
    for (const [, { depends_on = {} }] of services) {
      for (const name of Object.keys(depends_on)) expect(Object.keys(compose.services)).toContain(name);
    }
    for (const [, { build }] of services) {
      if (build !== undefined) expect(existsSync(path.join(composeFolder, build.context, build.dockerfile))).toBe(true);
    }
  });

  test('no secret stands in it, and each comes from .env', () => {
    for (const [name, { environment }] of Object.entries(compose.secrets)) {
      expect(environment).toBe(name);
      expect(example.has(name)).toBe(true);
    }
    const text = read('compose/compose.yaml');
    const interpolated = [...text.matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name]) => name as string);
    expect(interpolated.filter((name) => name !== 'GREY_VERSION' && !example.has(name))).toEqual([]);
  });

  test('each variable of ours that it or the image sets is one that the API reads', () => {
    const table = readFileSync(path.join(rootFolder, 'docs/reference/environment.md'), 'utf8').split(
      '## `npm start`',
    )[0];
    const known = new Set(table?.match(/(?<=^\| `)GREY_[A-Z_]+/gm));
    const texts = ['api/Dockerfile', 'compose/compose.yaml', 'compose/.env.example'].map(read).join('\n');
    const used = new Set(texts.match(/GREY_[A-Z_]*[A-Z]/g));
    expect(used).toContain('GREY_JWT_SECRET');
    // Of the image's tag.
    used.delete('GREY_VERSION');
    expect([...used].filter((name) => !known.has(name))).toEqual([]);
  });

  test('the balancer sends requests to every replica, and to nobody else', () => {
    const replicas = services.filter(([, service]) => service.build !== undefined).map(([name]) => `${name}:8080`);
    expect(replicas).toHaveLength(2);
    expect(read('nginx/router.conf').match(/(?<=^ *server )\S+:\d+/gm)).toEqual(replicas);
  });
});

describe('the Dockerfile', () => {
  const dockerfile = read('api/Dockerfile').replaceAll(/\\\n/g, ' ');
  const ignore = read('api/Dockerfile.dockerignore').split('\n');

  test('copies only what there is and what its ignore file lets through', () => {
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.*)$/gm)].flatMap(([, args]) =>
      (args as string)
        .split(/\s+/)
        .filter((arg) => !arg.startsWith('--'))
        .slice(0, -1),
    );
    expect(sources).toContain('prisma/migrations');
    const admitted = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    for (const source of sources) {
      expect(globSync(source, { cwd: rootFolder }), source).toHaveLength(1);
      expect(
        admitted.some((one) => source === one || source.startsWith(`${one}/`)),
        source,
      ).toBe(true);
    }
  });

  test('runs on the Node and installs with the pnpm of the repository, not as root', () => {
    const { packageManager } = JSON.parse(readFileSync(path.join(rootFolder, 'package.json'), 'utf8'));
    expect(dockerfile).toContain(`npm install --global ${packageManager}`);
    const stages = dockerfile.match(/^FROM \S+/gm) ?? [];
    expect(new Set(stages)).toEqual(new Set(['FROM node:24-bookworm-slim']));
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER 1000:1000$/m);
    expect(last).toMatch(/^HEALTHCHECK .*\/health\/readiness/m);
    expect(existsSync(path.join(rootFolder, 'apps/api', 'dist/src/main.js'))).toBe(true);
  });
});

test('secrets of files become variables, those that are set win, and the command takes the place of the shell', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'grey-secrets-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'GREY_ONE'), "from 'file' $HOME `x`\n");
  writeFileSync(path.join(folder, 'GREY_TWO'), 'from file');
  writeFileSync(path.join(folder, 'POSTGRES_PASSWORD'), 'not ours');
  const script = path.join(folder, 'entrypoint.sh');
  writeFileSync(script, read('api/entrypoint.sh').replaceAll('/run/secrets', folder));
  const print =
    'process.stdout.write(JSON.stringify([process.ppid, process.env.GREY_ONE, process.env.GREY_TWO, process.env.POSTGRES_PASSWORD]))';
  const env = { PATH: process.env.PATH ?? '', GREY_TWO: 'from outside' };
  const output = execFileSync('/bin/sh', [script, process.execPath, '-e', print], { env, encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual([process.pid, "from 'file' $HOME `x`", 'from outside', null]);
  expect(statSync(path.join(dockerFolder, 'api/entrypoint.sh')).mode & 0o111).toBeGreaterThan(0);
});

test('the commands of the README fill every empty value of .env, and nobody else may read it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'grey-compose-'));
  folders.push(folder);
  copyFileSync(path.join(composeFolder, '.env.example'), path.join(folder, '.env.example'));
  const commands = /```sh\n(cp [\s\S]*?)```/.exec(read('README.md'))?.[1] ?? '';
  execFileSync('/bin/sh', ['-e', '-c', commands], { cwd: folder, stdio: 'pipe' });
  const file = path.join(folder, '.env');
  const values = readFileSync(file, 'utf8').match(/^[A-Z_]+=.*$/gm) ?? [];
  expect(values).toHaveLength(example.size);
  expect(values.filter((line) => line.endsWith('='))).toEqual([]);
  expect(new Set(values.filter((line) => /=[0-9a-f]{64}$/.test(line)).map((line) => line.split('=')[1])).size).toBe(
    [...example.values()].filter((value) => value === '').length,
  );
  expect(statSync(file).mode & 0o077).toBe(0);
});
