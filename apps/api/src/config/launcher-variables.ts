/**
 * What `npm start` reads besides the API's own variables. Kept here so that one table documents all of them; a test of the
 * launcher holds it to this list.
 */
export const launcherVariables: readonly { name: string; otherwise: string; description: string }[] = [
  {
    name: 'GREY_DATABASE_URL',
    otherwise: 'unset',
    description: 'Set: that PostgreSQL is used, and no embedded one is started.',
  },
];
