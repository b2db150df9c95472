import type { MigrationPolicy, operations } from '@grey/contracts';
import { DEFAULT_POLICY, LINT_CODES, type LintPolicy } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { changedFields } from '../infra/changed-fields.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertMatch, etagOf } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { MigrationPolicyStore, type PolicyRow } from './migration-policy.store.ts';

type Ops = typeof operations;

/** How strictly migrations are judged, for all services alike. */
@Injectable()
export class MigrationPolicyService {
  constructor(
    private readonly store: MigrationPolicyStore,
    private readonly changes: ChangesService,
  ) {}

  /** The policy as it is now. */
  async read(tx: Transaction): Promise<LintPolicy> {
    return (await this.store.find(tx))?.policy ?? DEFAULT_POLICY;
  }

  get(): Promise<MigrationPolicy> {
    return this.store.consistentRead(async (tx) => viewOf(await this.store.find(tx)));
  }

  /** Sets that are kept stay; they are judged by it when they are looked at or run. @throws ApiError VALIDATION_FAILED, PRECONDITION_FAILED */
  async put({ caller, input, ifMatch }: Called<Ops['putMigrationPolicy']>) {
    const { reason, ...policy } = input.body;
    assertCodes(policy.codes);
    return this.changes.commit({ kind: 'migration_policy.put', actor: actorOf(caller), reason }, async (tx) => {
      const before = await this.store.lock(tx);
      assertMatch(ifMatch, viewOf(before));
      if (changedFields(before?.policy ?? DEFAULT_POLICY, policy) === undefined)
        return { items: [], answer: () => viewOf(before) };
      const row = await this.store.put(tx, policy);
      return { items: [itemOfPolicy(before?.policy ?? null, row.policy)], answer: () => viewOf(row) };
    });
  }
}

/** The policy as the log keeps it; null: the default. */
export function itemOfPolicy(before: LintPolicy | null, after: LintPolicy | null): ItemDraft {
  return {
    entity: 'migration_policy',
    tenantId: null,
    serviceId: null,
    key: 'policy',
    before: before === null ? null : { ...before },
    after: after === null ? null : { ...after },
  };
}

/** A ruling on a code that nothing is ever found under would protect nobody. @throws ApiError VALIDATION_FAILED */
function assertCodes(codes: Readonly<Record<string, unknown>>): void {
  const known = new Set<string>(LINT_CODES);
  const errors = Object.keys(codes)
    .filter((code) => !known.has(code))
    .slice(0, 20)
    .map((code) => ({ path: `body.codes.${code}`, message: 'is no code of the linter; knownCodes lists them' }));
  if (errors.length > 0) throw new ApiError('VALIDATION_FAILED', { errors });
}

function viewOf(row: PolicyRow | undefined): MigrationPolicy {
  const { severities, codes, honoursAccepts } = row?.policy ?? DEFAULT_POLICY;
  return {
    severities: { ...severities },
    codes: { ...codes } as MigrationPolicy['codes'],
    honoursAccepts,
    knownCodes: [...LINT_CODES],
    etag: etagOf(row?.stamp ?? 0),
  };
}
