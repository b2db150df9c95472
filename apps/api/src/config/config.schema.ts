import { parseRedisUrl } from '@grey/propagation';
import { z } from 'zod';
import { backupVariables } from './backup-variables.ts';
import { dataSourceVariables, masterKeyFault } from './data-source-variables.ts';
import { discoveryVariables, missingNacosVariable } from './discovery-variables.ts';
import { historyVariables } from './history-variables.ts';
import { notificationVariables } from './notification-variables.ts';
import { routingVariables, userTokenFault } from './routing-variables.ts';
import { sampleVariables } from './sample-variables.ts';
import { tenantSyncVariables } from './tenant-sync-variables.ts';
import { upgradeVariables } from './upgrade-variables.ts';

const flag = z.enum(['0', '1']).transform((text) => text === '1');
const secret = z
  .string()
  .refine((text) => Buffer.byteLength(text) >= 32, 'must be at least 32 bytes; `openssl rand -hex 32` makes one');

/**
 * Every `GREY_*` variable that the API reads. This is the only place that knows them: the start validates against it and
 * docs/reference/environment.md is printed from it.
 */
export const configSchema = z
  .object({
    GREY_DATABASE_URL: z
      .string({ error: 'is required' })
      .regex(/^postgres(ql)?:\/\/\S+$/, 'must look like postgresql://user:password@host:5432/database')
      .meta({ description: 'PostgreSQL of the configuration plane. Unset, `npm start` runs an embedded one.' }),
    GREY_DATABASE_POOL: z.coerce
      .number('must be a whole number')
      .int()
      .min(2)
      .max(100)
      .default(10)
      .meta({ description: 'Connections kept to PostgreSQL.' }),
    GREY_REDIS_URL: z
      .string()
      .superRefine((url, context) => {
        try {
          parseRedisUrl(url);
        } catch (error) {
          context.addIssue({ code: 'custom', message: (error as Error).message });
        }
      })
      .optional()
      .meta({
        description:
          'Redis through which replicas hear of changes: `redis://`, `rediss://`, `redis+sentinel://host:port,host:port/master`, `redis+cluster://host:port,host:port`. Unset: one process, or replicas that poll PostgreSQL.',
      }),
    GREY_HOST: z.string().min(1).default('127.0.0.1').meta({ description: 'Address to listen on.' }),
    GREY_PORT: z.coerce
      .number('must be a port number')
      .int()
      .min(0)
      .max(65_535)
      .default(8080)
      .meta({ description: 'Port of API and console; 0 takes any free one.' }),
    GREY_DATA_DIR: z
      .string()
      .min(1)
      .default('.grey')
      .meta({ description: 'Folder for what the process keeps: the first password, embedded data.' }),
    GREY_CONSOLE_DIR: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Folder of the built console, served on `/`. Unset: the API alone.' }),
    GREY_JWT_SECRET: secret.meta({
      description:
        'Signs session tokens; at least 32 bytes, the same on every replica. `npm start` makes and keeps one.',
    }),
    GREY_PLAN_SECRET: secret.meta({
      description: 'Signs plan tokens; at least 32 bytes, the same on every replica. `npm start` makes and keeps one.',
    }),
    GREY_DEMO: flag
      .default(false)
      .meta({ description: '1: demo mode; the first administrator need not change the one-time password.' }),
    GREY_REGION: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be a name such as eu-west-1')
      .optional()
      .meta({ description: 'Region that this router reports itself from.' }),
    GREY_LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
      .default('info')
      .meta({ description: 'How much is logged.' }),
    GREY_METRICS_TENANT_LIMIT: z.coerce
      .number('must be a whole number')
      .int()
      .min(0)
      .max(10_000)
      .default(100)
      .meta({ description: 'Tenants with a label of their own in /metrics; the others count as `other`.' }),
    ...routingVariables,
    ...sampleVariables,
    ...historyVariables,
    ...discoveryVariables,
    ...tenantSyncVariables,
    ...notificationVariables,
    ...dataSourceVariables,
    ...backupVariables,
    ...upgradeVariables,
    GREY_EXIT_WITH_PARENT: flag
      .default(false)
      .meta({ description: '1: end when the process that started this one over IPC has gone.' }),
  })
  .superRefine((config, context) => {
    const path = missingNacosVariable(config);
    if (path !== undefined)
      context.addIssue({ code: 'custom', path: [path], message: 'goes with the other of the two' });
    for (const fault of [userTokenFault(config), masterKeyFault(config)])
      if (fault !== undefined) context.addIssue({ code: 'custom', path: [fault.name], message: fault.message });
  });

/** The validated environment; the names are those of the variables. */
export type Config = Readonly<z.output<typeof configSchema>>;

/** Injection token of the {@link Config}. */
export const CONFIG = Symbol('Config');
