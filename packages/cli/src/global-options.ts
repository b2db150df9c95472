import type { OptionSpecs } from './command.ts';

/** Understood by every command. */
export const globalOptions: OptionSpecs = {
  url: { type: 'string', value: 'URL', help: 'the server; else GREY_URL, else the one last logged in to' },
  json: { type: 'boolean', help: 'one JSON document on standard output, errors too' },
  timeout: { type: 'string', value: 'SECONDS', help: 'how long to wait for an answer, 1 to 600; 15' },
  help: { type: 'boolean', short: 'h', help: 'this text' },
};
