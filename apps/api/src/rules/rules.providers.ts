import type { Provider } from '@nestjs/common';
import { ImportRulesService } from './import-rules.service.ts';
import { MirrorWarnings } from './mirror-warnings.ts';
import { PublishRulesService } from './publish-rules.service.ts';
import { RuleCandidates } from './rule-candidates.ts';
import { RuleDraftsService } from './rule-drafts.service.ts';
import { RuleJudge } from './rule-judge.ts';
import { RulesService } from './rules.service.ts';
import { RulesStore } from './rules.store.ts';
import { RulesContexts } from './rules-contexts.ts';

export const rulesProviders: Provider[] = [
  ImportRulesService,
  MirrorWarnings,
  PublishRulesService,
  RuleCandidates,
  RuleDraftsService,
  RuleJudge,
  RulesContexts,
  RulesService,
  RulesStore,
];
