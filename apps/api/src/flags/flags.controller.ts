import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { FlagsService } from './flags.service.ts';

@Controller()
export class FlagsController {
  constructor(private readonly flags: FlagsService) {}

  @Operation(operations.getVersionFlags)
  get(@Call() call: Called<typeof operations.getVersionFlags>) {
    return this.flags.get(call);
  }

  @Operation(operations.putVersionFlags)
  put(@Call() call: Called<typeof operations.putVersionFlags>) {
    return this.flags.put(call);
  }
}
