import { runCli, type Terminal } from '@grey/cli';

/** What one run of `grey` said. */
export interface GreyRun {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
  readonly json: any;
}

/** Runs the command line in this process; `answers` are what somebody types when asked, undefined: nobody is there. */
export async function runGrey(
  args: readonly string[],
  { env, home, answers }: { env?: Record<string, string>; home: string; answers?: readonly string[] },
): Promise<GreyRun> {
  const typed = [...(answers ?? [])];
  let out = '';
  let err = '';
  const ask = async (question: string) => {
    err += question;
    return typed.shift();
  };
  const terminal: Terminal = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    isInteractive: answers !== undefined,
    hasColours: false,
    columns: undefined,
    ask,
    askSecret: ask,
  };
  const status = await runCli(args, { terminal, env: env ?? {}, home });
  return { status, out, err, json: args.includes('--json') ? JSON.parse(out) : undefined };
}
