import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { ImportRulesService } from './import-rules.service.ts';
import { PublishRulesService } from './publish-rules.service.ts';
import { RuleDraftsService } from './rule-drafts.service.ts';
import { RulesService } from './rules.service.ts';

@Controller()
export class RulesController {
  constructor(
    private readonly rules: RulesService,
    private readonly drafts: RuleDraftsService,
    private readonly publishing: PublishRulesService,
    private readonly importing: ImportRulesService,
  ) {}

  @Operation(operations.getRules)
  get(@Call() call: Called<typeof operations.getRules>) {
    return this.rules.get(call);
  }

  @Operation(operations.saveRuleDraft)
  saveDraft(@Call() call: Called<typeof operations.saveRuleDraft>) {
    return this.drafts.save(call);
  }

  @Operation(operations.deleteRuleDraft)
  deleteDraft(@Call() call: Called<typeof operations.deleteRuleDraft>) {
    return this.drafts.delete(call);
  }

  @Operation(operations.publishRuleDraft)
  publishDraft(@Call() call: Called<typeof operations.publishRuleDraft>) {
    return this.publishing.publishDraft(call);
  }

  @Operation(operations.analyzeRules)
  analyze(@Call() call: Called<typeof operations.analyzeRules>) {
    return this.rules.analyze(call);
  }

  @Operation(operations.importRules)
  import(@Call() call: Called<typeof operations.importRules>) {
    return this.importing.import(call);
  }

  @Operation(operations.listRuleRevisions)
  listRevisions(@Call() call: Called<typeof operations.listRuleRevisions>) {
    return this.rules.listRevisions(call);
  }

  @Operation(operations.getRuleRevision)
  getRevision(@Call() call: Called<typeof operations.getRuleRevision>) {
    return this.rules.getRevision(call);
  }

  @Operation(operations.publishRuleRevision)
  publishRevision(@Call() call: Called<typeof operations.publishRuleRevision>) {
    return this.publishing.publishRevision(call);
  }
}
