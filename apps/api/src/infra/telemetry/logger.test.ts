import { describe, expect, it } from 'vitest';
import { createLogger, NestLogger } from './logger.ts';

function setUp(level: 'info' | 'debug' = 'info') {
  const lines: string[] = [];
  const logger = createLogger(level, { write: (line) => lines.push(line) });
  const read = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { lines, logger, nest: new NestLogger(logger), read };
}

describe('the logger', () => {
  it('writes one JSON object a line with level, time and place', () => {
    const { nest, read } = setUp();
    nest.log('listening', 'boot');
    expect(read()).toMatchObject([{ level: 'info', msg: 'listening', place: 'boot', service: 'grey-router' }]);
    expect(read()[0]?.time).toMatch(/^\d{4}-.*Z$/);
  });

  it('hides secrets wherever they usually stand', () => {
    const { logger, lines } = setUp();
    logger.info({
      authorization: 's3cret-1',
      user: { password: 's3cret-2' },
      req: { headers: { authorization: 's3cret-3' } },
    });
    logger.info({ token: 's3cret-4', key: 's3cret-5', session: { accessToken: 's3cret-6' } });
    expect(lines.join('')).not.toContain('s3cret');
    expect(lines.join('')).toContain('[redacted]');
  });

  it('keeps an error with its cause, and no password of a database address', () => {
    const { nest, read, lines } = setUp();
    const cause = Object.assign(new Error('connect postgresql://grey:s3cret@db:5432/x failed'), {
      code: 'ECONNREFUSED',
    });
    nest.warn({ err: new Error('no snapshot', { cause }), msg: 'will retry' }, 'routing');
    expect(read()).toMatchObject([
      {
        level: 'warn',
        msg: 'will retry',
        place: 'routing',
        err: { message: 'no snapshot', cause: { code: 'ECONNREFUSED' } },
      },
    ]);
    expect(lines.join('')).not.toContain('s3cret');
  });

  it('keeps the stack that the framework passes beside a message', () => {
    const { nest, read } = setUp();
    nest.error('broke', 'Error: broke\n    at somewhere', 'router');
    expect(read()).toMatchObject([
      { level: 'error', msg: 'broke', stack: 'Error: broke\n    at somewhere', place: 'router' },
    ]);
  });

  it('is silent below its level', () => {
    const { nest, lines } = setUp('info');
    nest.debug('detail', 'x');
    nest.verbose('detail', 'x');
    expect(lines).toEqual([]);
  });
});
