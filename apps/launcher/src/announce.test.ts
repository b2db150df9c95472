import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { announcementOf } from './announce.ts';

const one = { urls: ['http://127.0.0.1:8080'], redis: 'none: no server; handed over in memory', demo: undefined };

test('the curl line of the demo is one command that a shell reads as it was meant', () => {
  const demo = { summary: 'x', routeKey: 'grey_key', tenantId: "o'hara" };
  const line = announcementOf({ ...one, demo })
    .split('\n')
    .find((text) => text.startsWith('curl '));
  const words = execFileSync('/bin/sh', ['-c', `set -- ${line}; printf '%s\\n' "$@"`], { encoding: 'utf8' }).split(
    '\n',
  );
  expect(words).toContain('authorization: Bearer grey_key');
  expect(words).toContain(JSON.stringify({ tenantId: demo.tenantId, serviceName: 'payment-service' }));
});

test('replicas are listed when there are several, the first as the console', () => {
  expect(announcementOf(one)).not.toContain('replicas');
  const text = announcementOf({ ...one, urls: ['http://127.0.0.1:8080', 'http://127.0.0.1:8082'] });
  expect(text).toMatch(/^ {2}console {3}http:\/\/127\.0\.0\.1:8080\/$/m);
  expect(text).toMatch(/^ {2}replicas {2}http:\/\/127\.0\.0\.1:8080 {2}http:\/\/127\.0\.0\.1:8082$/m);
});

test('one line says what Redis is used, or why none is', () => {
  expect(announcementOf(one)).toMatch(/^ {2}Redis {5}none: no server; handed over in memory$/m);
});

test('the first password is not called one-time: in demo mode it may be kept', () => {
  expect(announcementOf(one)).toContain('user admin; the first password is in ');
});
