import { makeOpenapi, operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Operation } from './operation.decorator.ts';

@Controller()
export class OpenapiController {
  readonly #document = makeOpenapi('1');

  @Operation(operations.getOpenapi)
  get() {
    return this.#document;
  }
}
