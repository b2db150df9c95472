import type { ServerResponse } from 'node:http';
import { operations } from '@grey/contracts';
import { Controller, Headers, Res } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { StreamHub } from './stream-hub.ts';

@Controller()
export class StreamController {
  constructor(private readonly hub: StreamHub) {}

  @Operation(operations.stream)
  open(
    @Call() { caller }: Called<typeof operations.stream>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() res: ServerResponse,
  ) {
    return this.hub.open(caller, lastEventId, res);
  }
}
