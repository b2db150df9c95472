import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { CheckMigrationsService } from './check-migrations.service.ts';
import { EstimatesService } from './estimates.service.ts';
import { MigrationPolicyService } from './migration-policy.service.ts';
import { MigrationsService } from './migrations.service.ts';

@Controller()
export class MigrationsController {
  constructor(
    private readonly migrations: MigrationsService,
    private readonly checks: CheckMigrationsService,
    private readonly estimates: EstimatesService,
    private readonly policy: MigrationPolicyService,
  ) {}

  @Operation(operations.listMigrationSets)
  list(@Call() call: Called<typeof operations.listMigrationSets>) {
    return this.migrations.list(call);
  }

  @Operation(operations.checkMigrations)
  check(@Call() call: Called<typeof operations.checkMigrations>) {
    return this.checks.check(call);
  }

  @Operation(operations.getMigrationSet)
  get(@Call() call: Called<typeof operations.getMigrationSet>) {
    return this.migrations.get(call);
  }

  @Operation(operations.putMigrationSet)
  put(@Call() call: Called<typeof operations.putMigrationSet>) {
    return this.migrations.put(call);
  }

  @Operation(operations.deleteMigrationSet)
  delete(@Call() call: Called<typeof operations.deleteMigrationSet>) {
    return this.migrations.delete(call);
  }

  @Operation(operations.estimateMigrations)
  estimate(@Call() call: Called<typeof operations.estimateMigrations>) {
    return this.estimates.estimate(call);
  }

  @Operation(operations.getMigrationPolicy)
  getPolicy() {
    return this.policy.get();
  }

  @Operation(operations.putMigrationPolicy)
  putPolicy(@Call() call: Called<typeof operations.putMigrationPolicy>) {
    return this.policy.put(call);
  }
}
