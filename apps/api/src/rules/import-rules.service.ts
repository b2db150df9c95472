import { type operations, ruleSetInputSchema } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { Called } from '../infra/http/operation.decorator.ts';
import { importFaults } from './formats/import-fault.ts';
import type { Imported } from './formats/imported.ts';
import { readImportApart } from './formats/read-import-apart.ts';
import { RulesStore } from './rules.store.ts';
import { RulesContexts } from './rules-contexts.ts';

type Ops = typeof operations;

/** Reads rules that were written for other routers. Nothing is saved: what comes out is the beginning of a draft. */
@Injectable()
export class ImportRulesService {
  constructor(
    private readonly store: RulesStore,
    private readonly contexts: RulesContexts,
  ) {}

  /** @throws ApiError SERVICE_UNKNOWN, IMPORT_INVALID with the place */
  async import({ input }: Called<Ops['importRules']>) {
    const { serviceId } = input.params;
    const { format, content, sticky } = input.body;
    const { service, notes, rules: read } = await readImportApart(format, { serviceId, content, sticky });
    const ruleSet = parseRules(read);
    return this.store.consistentRead(async (tx) => {
      const rules = await this.contexts.open(tx, serviceId);
      const { findings } = await rules.judge({ input: ruleSet, number: 1 });
      return { ruleSet, service, notes: [...notes], findings: [...findings] };
    });
  }
}

/** What was read is held to the contract as if somebody had sent it. @throws ApiError IMPORT_INVALID */
function parseRules(rules: Imported['rules']) {
  const parsed = ruleSetInputSchema.safeParse({ rules });
  if (parsed.success) return parsed.data;
  throw importFaults(
    parsed.error.issues.map(({ path, message }) => ({
      path: `ruleSet.${path.join('.')}`,
      message: message.slice(0, 300),
    })),
  );
}
