import { runCli } from './run-cli.ts';
import { ProcessTerminal } from './terminal/process-terminal.ts';

// A reader that has seen enough (`grey export | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
const terminal = new ProcessTerminal();
process.exitCode = await runCli(process.argv.slice(2), { terminal, env: process.env });
terminal.close();
