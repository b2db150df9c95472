import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { ChangeReader } from './change-reader.ts';

@Controller()
export class ChangesController {
  constructor(private readonly changes: ChangeReader) {}

  @Operation(operations.listChanges)
  list(@Call() { caller, input }: Called<typeof operations.listChanges>) {
    return this.changes.list(caller, input.query);
  }

  @Operation(operations.getChange)
  get(@Call() { caller, input }: Called<typeof operations.getChange>) {
    return this.changes.get(caller, input.params.changeId);
  }

  @Operation(operations.listChangeItems)
  listItems(@Call() { caller, input }: Called<typeof operations.listChangeItems>) {
    return this.changes.listItems(caller, input.params.changeId, input.query);
  }
}
