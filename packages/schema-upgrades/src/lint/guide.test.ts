import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SET_FINDING_CODES } from '../sets/set-finding.ts';
import { LINT_CODES } from './lint-codes.ts';

const guide = readFileSync(new URL('../../../../docs/guides/migration-sets.md', import.meta.url), 'utf8');
const told = new Set([...guide.matchAll(/`([A-Z][A-Z_]+)`/g)].map((match) => match[1]!));

test.each([...SET_FINDING_CODES, ...LINT_CODES])('the guide explains %s', (code) => expect(told).toContain(code));
