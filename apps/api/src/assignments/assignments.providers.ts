import type { Provider } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { TargetCheck } from '../services/check-targets.ts';
import { AssignmentsStore } from './assignments.store.ts';
import { CellMoves } from './cell-moves.service.ts';
import { CellSwitch } from './cell-switch.service.ts';
import { MatrixService } from './matrix.service.ts';
import { PlanTokens } from './plan-tokens.ts';
import { PlansService } from './plans.service.ts';
import { SetVersionService } from './set-version.service.ts';

export const assignmentsProviders: Provider[] = [
  {
    provide: PlanTokens,
    useFactory: (config: Config) => new PlanTokens(config.GREY_PLAN_SECRET),
    inject: [CONFIG],
  },
  AssignmentsStore,
  CellMoves,
  CellSwitch,
  MatrixService,
  PlansService,
  SetVersionService,
  TargetCheck,
];
