import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('../examples/', import.meta.url);
const guide = readFileSync(new URL('../../../docs/guides/lanes.md', import.meta.url), 'utf8');

it.each(readdirSync(folder))('the guide shows %s as it is run', (name) => {
  const example = readFileSync(new URL(name, folder), 'utf8').replace("'../src/index.ts'", "'@grey/lanes'");
  expect(guide).toContain(`\`\`\`ts\n${example}\`\`\``);
});
