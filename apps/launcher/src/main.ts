import { parseArguments } from './parse-arguments.ts';
import { start } from './start.ts';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
// The bootstrap was killed: nobody is left to pass a signal on.
process.on('disconnect', () => stopping.abort());
process.channel?.unref();

try {
  process.exitCode = await start(parseArguments(process.argv.slice(2)), stopping.signal);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
