import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../../infra/http/operation.decorator.ts';
import { AuditService } from './audit.service.ts';

@Controller()
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Operation(operations.verifyAudit)
  verify(@Call() call: Called<typeof operations.verifyAudit>) {
    return this.audit.verify(call);
  }

  @Operation(operations.eraseUserFromAudit)
  erase(@Call() call: Called<typeof operations.eraseUserFromAudit>) {
    return this.audit.erase(call);
  }
}
