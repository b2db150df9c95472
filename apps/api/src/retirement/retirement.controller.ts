import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { PromotionService } from './promotion.service.ts';
import { RetireVersionService } from './retire-version.service.ts';
import { RetirementService } from './retirement.service.ts';

@Controller()
export class RetirementController {
  constructor(
    private readonly retirement: RetirementService,
    private readonly versions: RetireVersionService,
    private readonly promotion: PromotionService,
  ) {}

  @Operation(operations.getRetirement)
  get(@Call() call: Called<typeof operations.getRetirement>) {
    return this.retirement.get(call);
  }

  @Operation(operations.listStragglers)
  listStragglers(@Call() call: Called<typeof operations.listStragglers>) {
    return this.retirement.listStragglers(call);
  }

  @Operation(operations.retireVersion)
  retire(@Call() call: Called<typeof operations.retireVersion>) {
    return this.versions.retire(call);
  }

  @Operation(operations.reviveVersion)
  revive(@Call() call: Called<typeof operations.reviveVersion>) {
    return this.versions.revive(call);
  }

  @Operation(operations.planPromotion)
  planPromotion(@Call() call: Called<typeof operations.planPromotion>) {
    return this.promotion.plan(call);
  }

  @Operation(operations.promoteVersion)
  promote(@Call() call: Called<typeof operations.promoteVersion>) {
    return this.promotion.promote(call);
  }
}
