import { operations } from '@grey/contracts';
import { Controller, Header } from '@nestjs/common';
import { Operation } from '../infra/http/operation.decorator.ts';
import { MetricsPage } from '../infra/telemetry/metrics-page.ts';
import { HealthService } from './health.service.ts';

@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly metrics: MetricsPage,
  ) {}

  @Operation(operations.getHealth)
  get() {
    return this.health.getHealth();
  }

  @Operation(operations.getLiveness)
  getLiveness() {
    return this.health.getLiveness();
  }

  @Operation(operations.getReadiness)
  getReadiness() {
    return this.health.getReadiness();
  }

  @Operation(operations.getMetrics)
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  getMetrics() {
    return this.metrics.print();
  }
}
