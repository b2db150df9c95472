/** What the exit status of `grey` says. Scripts rest on these: they are added, never changed. */
export const exitCodes = {
  DONE: { status: 0, meaning: 'Done; or nothing differs.' },
  REFUSED: {
    status: 1,
    meaning: 'Refused by the API, or what was compared or checked differs or is wrong. Nothing changed.',
  },
  USAGE: { status: 2, meaning: 'The command line cannot be understood, or a file cannot be read.' },
  UNREACHABLE: {
    status: 3,
    meaning: 'No usable answer: not reached, out of time, or the API lacks what it needs. A change may have been made.',
  },
  NOT_ALLOWED: { status: 4, meaning: 'Not logged in, or without the permission.' },
  NOT_CONFIRMED: { status: 5, meaning: 'The plan was shown and not confirmed. Nothing changed.' },
  NOT_CONVERGED: { status: 6, meaning: 'In force, but not every router had acknowledged it when the time was up.' },
  HALF_DONE: { status: 7, meaning: 'Stopped after some steps; the output says which were done.' },
  FAILED: { status: 70, meaning: 'An error in grey itself.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ExitName = keyof typeof exitCodes;
