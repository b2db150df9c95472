/**
 * What `npm start` reads itself, besides handing the API's variables on. Kept here so that one table documents all of
 * them.
 */
export const launcherVariables: readonly { name: string; otherwise: string; description: string }[] = [
  {
    name: 'GREY_DATABASE_URL',
    otherwise: 'unset',
    description: 'Set: that PostgreSQL is used, and no embedded one is started.',
  },
  {
    name: 'GREY_REDIS_URL',
    otherwise: 'a private Valkey or Redis, when one is on the PATH',
    description: 'Set: that Redis is used, and no private one is started.',
  },
  {
    name: 'GREY_DATA_DIR',
    otherwise: '`.grey`',
    description: 'Folder for the embedded servers, the logs and the secrets made at the first start.',
  },
  { name: 'GREY_HOST', otherwise: '`127.0.0.1`', description: 'Address that the API is started on.' },
  {
    name: 'GREY_PORT',
    otherwise: '`8080`, or the next free one above',
    description:
      'Set: exactly this port; when it is taken, the start says so and ends. Further replicas take the next free ones above.',
  },
];
