import { z } from 'zod';
import { actorSchema } from './changes.ts';
import { overridable } from './overrides.ts';
import {
  nameSchema,
  pageOf,
  pageQuerySchema,
  reasonSchema,
  serviceIdSchema,
  tenantIdSchema,
  timestampSchema,
  versionLabelSchema,
} from './primitives.ts';

/** Steps in the order they are taken; an upgrade of the schema alone has no `switch` and no `soak`. */
export const upgradeSteps = [
  'preflight',
  'mark',
  'backup',
  'expand',
  'verify',
  'switch',
  'soak',
  'confirm',
  'fence',
  'contract',
] as const;
export const upgradeStepNameSchema = z.enum(upgradeSteps).meta({
  id: 'UpgradeStepName',
  description:
    '`contract` is the point of no return; `confirm` waits for somebody to say so, `fence` for every router to have left the old version.',
});
export type UpgradeStepName = z.infer<typeof upgradeStepNameSchema>;

export const upgradeStates = [
  'queued',
  'running',
  'waiting',
  'aborting',
  'done',
  'aborted',
  'failed',
  'skipped',
  'needs_operator',
] as const;
export const upgradeStateSchema = z.enum(upgradeStates).meta({
  id: 'UpgradeState',
  description:
    '`waiting`: for a time or for a person. `aborted` and `failed`: the tenant is at the old version and schema. `needs_operator`: neither could be proven; held where it is.',
});
export type UpgradeState = z.infer<typeof upgradeStateSchema>;
export const upgradeKindSchema = z
  .enum(['schema', 'service'])
  .meta({ id: 'UpgradeKind', description: '`schema`: the database alone; `service`: the database and the route.' });

/** Part of the options, which everybody sees who may see the upgrade, and which the log keeps. */
const hookUrlSchema = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .refine((text) => !URL.canParse(text) || new URL(text).username + new URL(text).password === '', {
    error: 'must not hold a user or password: it is shown with the upgrade',
  });
export const upgradeOptionsSchema = z
  .strictObject({
    backup: z
      .enum(['never', 'contract', 'always'])
      .default('contract')
      .meta({ description: '`contract`: before the point of no return; `always`: also before expand.' }),
    contract: z.enum(['ask', 'leave']).default('ask').meta({
      description: '`ask`: wait for a confirmation; `leave`: end with the schema expanded, serving both versions.',
    }),
    soakSeconds: z.int().min(0).max(604_800).default(60),
    gates: z
      .strictObject({
        maxFailedShare: z.number().min(0).max(1).default(0.05).meta({
          description: 'Of the tenant’s decisions for this service during the soak: those without an instance.',
        }),
        minDecisions: z
          .int()
          .min(0)
          .max(1_000_000)
          .default(0)
          .meta({ description: 'Fewer than this is no proof: the soak goes on.' }),
        hookUrl: hookUrlSchema.optional().meta({
          description: 'Asked with POST every `hookSeconds`; `{ "verdict": "pass" | "wait" | "fail", "detail"? }`.',
        }),
        hookSeconds: z.int().min(1).max(3_600).default(10),
      })
      .default({ maxFailedShare: 0.05, minDecisions: 0, hookSeconds: 10 }),
  })
  .meta({ id: 'UpgradeOptions' });
export type UpgradeOptions = z.infer<typeof upgradeOptionsSchema>;
const defaultOptions: UpgradeOptions = {
  backup: 'contract',
  contract: 'ask',
  soakSeconds: 60,
  gates: { maxFailedShare: 0.05, minDecisions: 0, hookSeconds: 10 },
};

/** `POST /api/tenants/{tenantId}/services/{serviceId}/upgrade`, and its plan. */
export const startUpgradeSchema = z
  .strictObject({
    toVersion: versionLabelSchema,
    options: upgradeOptionsSchema.default(defaultOptions),
    reason: reasonSchema.optional(),
    ...overridable,
  })
  .meta({ id: 'StartUpgrade' });

/** `POST /api/tenants/{tenantId}/schema-upgrade` */
export const startSchemaUpgradeSchema = z
  .strictObject({
    serviceId: serviceIdSchema.optional().meta({
      description: 'May be left out where the tenant has a data source of one service with this version only.',
    }),
    version: versionLabelSchema,
    isDryRun: z.boolean().default(false).meta({ description: 'Answer 200 with the SQL, and do nothing.' }),
    options: upgradeOptionsSchema.default(defaultOptions),
    reason: reasonSchema.optional(),
    ...overridable,
  })
  .meta({ id: 'StartSchemaUpgrade' });

export const serviceVersionSchema = z
  .string()
  .regex(
    /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}[@:])?[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/,
    'use VERSION, or SERVICE@VERSION where several services have it',
  )
  .meta({ description: '`payment-service@v2.0.0`, or the version alone where only one service can be meant.' });

const placeSchema = z
  .object({
    migration: z.string(),
    direction: z.enum(['up', 'down']),
    statement: z.int(),
    statementCount: z.int(),
    doneCount: z.int().meta({ description: 'Statements that are done in this step.' }),
    totalCount: z.int(),
  })
  .meta({ id: 'UpgradePlace' });

export const upgradeFailureSchema = z
  .object({
    code: z.string(),
    message: z.string(),
    mend: z.string().nullable(),
    serverCode: z.string().nullable(),
    migration: z.string().nullable(),
    statement: z.int().nullable(),
    statementText: z.string().nullable(),
  })
  .meta({ id: 'UpgradeFailure' });
export type UpgradeFailure = z.infer<typeof upgradeFailureSchema>;

export const upgradeStepViewSchema = z
  .object({
    name: upgradeStepNameSchema,
    state: z.enum(['pending', 'running', 'waiting', 'done', 'skipped', 'failed', 'compensating', 'compensated']),
    isPointOfNoReturn: z.boolean(),
    attempt: z.int(),
    detail: z.string().nullable(),
    startedAt: timestampSchema.nullable(),
    finishedAt: timestampSchema.nullable(),
  })
  .meta({ id: 'UpgradeStepView' });

const summary = {
  id: z.uuid(),
  kind: upgradeKindSchema,
  tenantId: z.string(),
  serviceId: z.string(),
  fromVersion: z.string().nullable(),
  toVersion: z.string(),
  schemaFrom: z.int().nullable(),
  schemaTo: z.int().nullable().meta({
    description: 'null: the version brings no migrations, or the tenant had no data source when it began.',
  }),
  state: upgradeStateSchema,
  step: upgradeStepNameSchema.nullable().meta({ description: 'The one under way, or the last.' }),
  percent: z.int().min(0).max(100),
  place: placeSchema.nullable(),
  awaits: z.enum(['confirmation', 'time', 'operator', 'retry']).nullable(),
  waitUntil: timestampSchema.nullable(),
  failure: upgradeFailureSchema.nullable(),
  batchId: z.uuid().nullable(),
  wave: z.int().nullable().meta({ description: 'From 1.' }),
  isAbortable: z.boolean(),
  isPastReturn: z.boolean(),
  createdAt: timestampSchema,
  startedAt: timestampSchema.nullable(),
  finishedAt: timestampSchema.nullable(),
};
export const upgradeSummarySchema = z.object(summary).meta({ id: 'UpgradeSummary' });
export type UpgradeSummary = z.infer<typeof upgradeSummarySchema>;
export const upgradeSchema = z
  .object({
    ...summary,
    options: upgradeOptionsSchema,
    steps: z.array(upgradeStepViewSchema),
    sentence: z.string().meta({ description: 'Where it stands, what it did and what is to be done, for a reader.' }),
    backupIds: z.array(z.uuid()),
    changeIds: z.array(z.string()).meta({ description: 'Changes of the configuration that it made.' }),
    requestedBy: actorSchema,
    reason: z.string().nullable(),
  })
  .meta({ id: 'Upgrade', description: 'A tenant on its way to a version together with its schema.' });
export type Upgrade = z.infer<typeof upgradeSchema>;
export const upgradeAcceptedSchema = z
  .object({ upgradeId: z.uuid(), upgrade: upgradeSchema })
  .meta({ id: 'UpgradeAccepted' });
export const upgradePageSchema = pageOf(upgradeSummarySchema, 'UpgradePage');
export const upgradeIdSchema = z.uuid().meta({ description: 'Id of an upgrade.' });
export const upgradeListQuerySchema = pageQuerySchema.extend({
  tenantId: tenantIdSchema.optional(),
  serviceId: serviceIdSchema.optional(),
  state: upgradeStateSchema.optional(),
  kind: upgradeKindSchema.optional(),
  batchId: z.uuid().optional(),
  wave: z.coerce.number().int().min(1).max(100).optional(),
  order: z
    .enum(['newest', 'failures'])
    .default('newest')
    .meta({ description: '`failures`: those that need somebody first.' }),
});

/** What would be done; nothing is. */
export const upgradePlanSchema = z
  .object({
    kind: upgradeKindSchema,
    tenantId: z.string(),
    serviceId: z.string(),
    fromVersion: z.string().nullable(),
    toVersion: z.string(),
    schemaFrom: z.int().nullable(),
    schemaTo: z.int().nullable().meta({
      description:
        'null: the version brings no migrations, or the tenant has no data source; `hasDataSource` says which.',
    }),
    hasDataSource: z.boolean().meta({ description: 'false: only the route moves, whatever the version brings.' }),
    isAllowed: z.boolean(),
    checks: z.array(
      z.object({
        check: z.enum([
          'compatibility',
          'freeze',
          'hold',
          'drift',
          'instances',
          'migrations',
          'database',
          'busy',
          'soak',
        ]),
        verdict: z.enum(['pass', 'warn', 'refuse']),
        detail: z.string(),
        mend: z.string().nullable(),
        isOverridable: z.boolean(),
      }),
    ),
    steps: z.array(upgradeStepNameSchema),
    migrations: z.array(
      z.object({
        name: z.string(),
        version: z.string(),
        phase: z.enum(['expand', 'migrate', 'contract']),
        statements: z.array(z.string()).meta({ description: 'SQL as it will run.' }),
        down: z.array(z.string()).nullable().meta({ description: 'null: irreversible.' }),
      }),
    ),
    pointOfNoReturn: z
      .string()
      .nullable()
      .meta({ description: 'What contract takes away, in words; null without one.' }),
  })
  .meta({ id: 'UpgradePlan' });
export type UpgradePlan = z.infer<typeof upgradePlanSchema>;

export const upgradeReasonSchema = z.strictObject({ reason: reasonSchema.optional() }).meta({ id: 'UpgradeReason' });
export const confirmContractSchema = z
  .strictObject({
    reason: reasonSchema,
    forgetRouters: z
      .array(nameSchema)
      .max(1_000)
      .default([])
      .meta({ description: 'Routers that are known to be gone for good: the fence does not wait for them.' }),
  })
  .meta({ id: 'ConfirmContract' });
export const settleUpgradeSchema = z
  .strictObject({
    reason: reasonSchema,
    migration: z.string().min(1).max(120),
    is: z.enum(['applied', 'reverted']).meta({ description: 'What somebody found the migration to be.' }),
    onwards: z.enum(['go-on', 'take-back']),
  })
  .meta({ id: 'SettleUpgrade' });

/** Which tenants make up a wave: of those selected that are in no earlier one. */
export const waveSelectorSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('tenants'), tenantIds: z.array(tenantIdSchema).min(1).max(20_000) }),
    z.strictObject({ kind: z.literal('tag'), tag: nameSchema }),
    z.strictObject({
      kind: z.literal('ring'),
      ring: nameSchema.meta({ description: 'The tenant’s metadata `ring`.' }),
    }),
    z.strictObject({
      kind: z.literal('percent'),
      percent: z.number().positive().max(100).meta({
        description: 'Of all selected, taken in equal shares from every tier and region.',
      }),
    }),
    z.strictObject({ kind: z.literal('rest') }),
  ])
  .meta({ id: 'WaveSelector' });
export type WaveSelector = z.infer<typeof waveSelectorSchema>;

export const batchWaveInputSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(60).optional(),
    select: waveSelectorSchema,
    maxSize: z.int().min(1).max(20_000).optional(),
    soakSeconds: z
      .int()
      .min(0)
      .max(604_800)
      .default(0)
      .meta({ description: 'After its last tenant, before the next wave.' }),
  })
  .meta({ id: 'BatchWaveInput' });

const batchInput = {
  kind: upgradeKindSchema.default('service'),
  serviceId: serviceIdSchema,
  fromVersion: versionLabelSchema.optional().meta({ description: 'Only tenants that are assigned to it.' }),
  toVersion: versionLabelSchema,
  scope: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('all') }),
      z.strictObject({ kind: z.literal('tag'), tag: nameSchema }),
      z.strictObject({ kind: z.literal('tenants'), tenantIds: z.array(tenantIdSchema).min(1).max(20_000) }),
    ])
    .default({ kind: 'all' }),
  waves: z.array(batchWaveInputSchema).min(1).max(50),
  order: z.enum(['id', 'tier', 'region', 'smallest']).default('id').meta({
    description: 'Within a wave; `smallest`: by the size of the tenant’s data as last seen.',
  }),
  concurrency: z.int().min(1).max(100).default(5).meta({ description: 'Never above the server’s own limit.' }),
  failureBudget: z
    .strictObject({
      count: z.int().min(0).max(20_000).optional(),
      percent: z.number().min(0).max(100).optional(),
    })
    .default({ count: 0 })
    .meta({ description: 'A wave with more failures than this is rolled back as one. The smaller of the two counts.' }),
  options: upgradeOptionsSchema.default(defaultOptions),
  ...overridable,
};
export const planBatchSchema = z.strictObject(batchInput).meta({ id: 'PlanUpgradeBatch' });
export const createBatchSchema = z
  .strictObject({
    ...batchInput,
    name: z.string().trim().min(1).max(120).optional(),
    reason: reasonSchema.optional(),
    planToken: z.string().min(1).max(4096).meta({ description: 'Of the plan of the same request.' }),
  })
  .meta({ id: 'CreateUpgradeBatch' });

const countsSchema = z
  .object({
    total: z.int(),
    queued: z.int(),
    running: z.int(),
    waiting: z.int(),
    done: z.int(),
    failed: z.int(),
    aborted: z.int(),
    skipped: z.int(),
    needsOperator: z.int(),
  })
  .meta({ id: 'BatchCounts' });

export const batchPlanSchema = z
  .object({
    planToken: z.string(),
    expiresAt: timestampSchema,
    tenantCount: z.int(),
    waves: z.array(
      z.object({
        number: z.int(),
        name: z.string(),
        tenantCount: z.int(),
        byTier: z.record(z.string(), z.int()),
        byRegion: z.record(z.string(), z.int()),
        sample: z.array(z.string()).meta({ description: 'The first 20, in order.' }),
      }),
    ),
    leftOut: z.array(z.object({ tenantId: z.string(), code: z.string(), message: z.string() })),
    leftOutCount: z.int(),
    objections: z.array(z.unknown()).meta({ description: 'Of the guards, the first 100.' }),
    objectionCount: z.int(),
  })
  .meta({ id: 'UpgradeBatchPlan' });
export type BatchPlan = z.infer<typeof batchPlanSchema>;

export const batchWaveSchema = z
  .object({
    number: z.int(),
    name: z.string(),
    state: z.enum(['pending', 'running', 'soaking', 'done', 'rolling_back', 'rolled_back', 'stopped']),
    counts: countsSchema,
    failureBudget: z.int().meta({ description: 'Failures that it may have.' }),
    soakUntil: timestampSchema.nullable(),
    startedAt: timestampSchema.nullable(),
    finishedAt: timestampSchema.nullable(),
  })
  .meta({ id: 'BatchWave' });
export const batchSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    kind: upgradeKindSchema,
    serviceId: z.string(),
    fromVersion: z.string().nullable(),
    toVersion: z.string(),
    state: z.enum([
      'running',
      'paused',
      'confirming',
      'contracting',
      'done',
      'rolling_back',
      'rolled_back',
      'stopped',
      'needs_operator',
    ]),
    wave: z.int().nullable(),
    counts: countsSchema,
    cannotReturnCount: z.int().meta({
      description: 'Of waves that go back or have gone back: tenants that stay. `GET …/exceptions` names them.',
    }),
    notBegunCount: z.int().meta({
      description: 'Planned, and left out when their wave began; among the skipped. `GET …/exceptions?kind=not_begun`.',
    }),
    ratePerMinute: z.number().meta({ description: 'Tenants that ended in the last five minutes, per minute.' }),
    waves: z.array(batchWaveSchema),
    concurrency: z.int(),
    order: z.string(),
    options: upgradeOptionsSchema,
    sentence: z.string(),
    requestedBy: actorSchema,
    reason: z.string().nullable(),
    createdAt: timestampSchema,
    finishedAt: timestampSchema.nullable(),
    etag: z.string(),
  })
  .meta({ id: 'UpgradeBatch', description: 'Many tenants on their way to one version, in waves.' });
export type UpgradeBatch = z.infer<typeof batchSchema>;
export const batchPageSchema = pageOf(batchSchema, 'UpgradeBatchPage');
export const batchListQuerySchema = pageQuerySchema.extend({ serviceId: serviceIdSchema.optional() });
export const rollBackBatchSchema = z
  .strictObject({
    reason: reasonSchema,
    waves: z.enum(['current', 'all']).default('current'),
  })
  .meta({ id: 'RollBackBatch' });

export const batchExceptionSchema = z
  .object({
    tenantId: z.string(),
    wave: z.int(),
    kind: z.enum(['cannot_return', 'not_begun']).meta({
      description: '`cannot_return`: its wave goes back, and it stays. `not_begun`: planned, and not upgraded.',
    }),
    code: z.string().meta({
      description:
        'CONTRACTED, CONTRACTING, UPGRADED_SINCE, UPGRADED_AGAIN; of those not begun as in the plan, and TENANT_UNKNOWN.',
    }),
    message: z.string(),
    mend: z.string().nullable().meta({ description: 'What can be done.' }),
    upgradeId: z.uuid().nullable(),
    backupId: z.uuid().nullable().meta({ description: 'Of before contract, which can be restored.' }),
  })
  .meta({ id: 'BatchException', description: 'A tenant with whom it went otherwise than with its wave.' });
export type BatchException = z.infer<typeof batchExceptionSchema>;
export const batchExceptionPageSchema = pageOf(batchExceptionSchema, 'BatchExceptionPage');
export const batchExceptionQuerySchema = pageQuerySchema.extend({
  kind: batchExceptionSchema.shape.kind.default('cannot_return'),
});

/** What `GET …/events` sends: the whole, whenever something of it changed. */
export const upgradeEventSchema = z.object({ upgrade: upgradeSchema }).meta({ id: 'UpgradeEvent' });
export const batchEventSchema = z.object({ batch: batchSchema }).meta({ id: 'UpgradeBatchEvent' });
