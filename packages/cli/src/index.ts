export { type ExitName, exitCodes } from './exit-codes.ts';
export { runCli, type Surroundings } from './run-cli.ts';
export type { Terminal } from './terminal/terminal.ts';
