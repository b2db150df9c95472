import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { operations } from '@grey/contracts';
import { Controller, Res } from '@nestjs/common';
import { Call, type Called, Operation } from '../../infra/http/operation.decorator.ts';
import { positionOf } from '../change-id.ts';
import { ExportService } from './export.service.ts';

@Controller()
export class ExportController {
  constructor(private readonly exports: ExportService) {}

  @Operation(operations.exportAudit)
  async export(
    @Call() { input }: Called<typeof operations.exportAudit>,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const { after, ...filter } = input.query;
    const lines = await this.exports.stream(filter, after === undefined ? undefined : positionOf(after));
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
    // What breaks off half-way is seen by the missing last line; a status was sent long ago.
    await pipeline(lines, response).catch(() => response.destroy());
  }
}
