import { GreyClient } from '../api/grey-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, textOf } from '../command.ts';
import { normalizeUrl } from '../session.ts';
import { printable } from '../terminal/paint.ts';

export const loginCommand: Command = {
  name: 'login',
  summary: 'Log in to a server, and keep the token for the other commands',
  usage: '[URL]',
  positionals: [0, 1],
  options: {
    user: { type: 'string', short: 'u', value: 'NAME', help: 'user name; asked for when it is missing' },
    token: { type: 'boolean', help: 'take a session token or an API key instead of a password' },
  },
  notes: [
    'Password and token are asked for without echo, or read from standard input; they are no arguments, because others can\nsee those. The token is kept in ~/.config/grey/credentials.json, readable for you alone, and sent to this server only.',
  ],
  examples: [
    'grey login https://grey.example.com --user ops',
    'grey login https://grey.example.com --token < key.txt',
    'GREY_URL=https://grey.example.com GREY_TOKEN=grey_… grey route acorn orders   # nothing is kept',
  ],
  async run(context) {
    const { session, terminal, options, positionals } = context;
    const url = positionals[0] === undefined ? session.url : normalizeUrl(positionals[0]);
    if (url.startsWith('http:') && !/^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(url)) {
      terminal.err('This address is not encrypted: others on the way can read the password and the token.\n');
    }
    const given = options.token === true ? await askToken(context) : await logIn(context, url);
    const client = clientOf(context, url, given.token);
    const { body: me } = await client.call('getMe');
    session.keep(url, { ...given, name: me.name });
    context.show(
      { url, name: me.name, role: me.role, expiresAt: given.expiresAt, mustChangePassword: me.mustChangePassword },
      () => {
        const until = given.expiresAt === null ? '' : `, until ${given.expiresAt}`;
        const note = me.mustChangePassword ? 'The password must be changed in the console before anything else.\n' : '';
        return `Logged in to ${url} as ${printable(me.name)}${me.role === null ? '' : ` (${me.role})`}${until}.\n${note}`;
      },
    );
    return 'DONE';
  },
};

export const logoutCommand: Command = {
  name: 'logout',
  summary: 'Revoke the token and forget it',
  usage: '[URL]',
  positionals: [0, 1],
  options: {},
  examples: ['grey logout'],
  async run(context) {
    const { session, positionals } = context;
    const url = positionals[0] === undefined ? session.url : normalizeUrl(positionals[0]);
    const kept = session.kept.servers[url];
    if (kept === undefined) throw new CliError('NOT_ALLOWED', `There is no token for ${url}.`);
    session.forget(url);
    const isKey = kept.token.startsWith('grey_');
    if (!isKey) await revoke(clientOf(context, url, kept.token), url);
    context.show({ url, isRevoked: !isKey }, () =>
      isKey ? `Forgot the API key of ${url}; it stays valid until it is revoked.\n` : `Logged out of ${url}.\n`,
    );
    return 'DONE';
  },
};

/** The token is forgotten by now: what is left is to say when the server still honours it. */
async function revoke(client: GreyClient, url: string): Promise<void> {
  try {
    await client.call('logout');
  } catch (error) {
    if (!(error instanceof CliError) || error.exit === 'NOT_ALLOWED') return;
    throw new CliError(error.exit, `Forgot the token of ${url}, but it could not be revoked: ${error.message}`);
  }
}

interface Given {
  readonly token: string;
  readonly expiresAt: string | null;
}

async function askToken({ terminal }: CommandContext): Promise<Given> {
  const token = (await terminal.askSecret('Token or API key: '))?.trim();
  if (!token) throw new CliError('USAGE', 'No token was given.');
  if (!/^[\x21-\x7e]+$/.test(token)) throw new CliError('USAGE', 'A token has no blanks and no special characters.');
  return { token, expiresAt: null };
}

async function logIn(context: CommandContext, url: string): Promise<Given> {
  const { terminal, options } = context;
  if (!terminal.isInteractive && textOf(options, 'user') === undefined) {
    throw new CliError('USAGE', 'Name the user: grey login URL --user NAME; the password is read from standard input.');
  }
  const username = textOf(options, 'user') ?? (await terminal.ask('User: '))?.trim();
  if (!username) throw new CliError('USAGE', 'No user was given.');
  const password = await terminal.askSecret(`Password of ${username}: `);
  if (!password) throw new CliError('USAGE', 'No password was given.');
  const { body } = await clientOf(context, url, undefined).call('login', { body: { username, password } });
  return { token: body.accessToken, expiresAt: body.expiresAt };
}

function clientOf({ terminal, options }: CommandContext, url: string, token: string | undefined): GreyClient {
  const timeoutMs = Number(textOf(options, 'timeout') ?? 15) * 1000;
  return new GreyClient(url, token, timeoutMs, (text) => terminal.err(text));
}
