import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { ConnectionTestsService } from './connection-tests.service.ts';
import { DataSourcesService } from './data-sources.service.ts';
import { KeyRotationService } from './key-rotation.service.ts';

/** Fixed paths stand before the one with an id, which would take them for one. */
@Controller()
export class DataSourcesController {
  constructor(
    private readonly dataSources: DataSourcesService,
    private readonly tests: ConnectionTestsService,
    private readonly rotation: KeyRotationService,
  ) {}

  @Operation(operations.listDataSources)
  list(@Call() call: Called<typeof operations.listDataSources>) {
    return this.dataSources.list(call);
  }

  @Operation(operations.createDataSource)
  create(@Call() call: Called<typeof operations.createDataSource>) {
    return this.dataSources.create(call);
  }

  @Operation(operations.testNewDataSource)
  testNew(@Call() call: Called<typeof operations.testNewDataSource>) {
    return this.tests.testNew(call);
  }

  @Operation(operations.getKeyRotation)
  getRotation() {
    return this.rotation.get();
  }

  @Operation(operations.rotateDataSourceKeys)
  rotate(@Call() call: Called<typeof operations.rotateDataSourceKeys>) {
    return this.rotation.start(call);
  }

  @Operation(operations.getDataSource)
  get(@Call() call: Called<typeof operations.getDataSource>) {
    return this.dataSources.get(call);
  }

  @Operation(operations.updateDataSource)
  update(@Call() call: Called<typeof operations.updateDataSource>) {
    return this.dataSources.update(call);
  }

  @Operation(operations.deleteDataSource)
  delete(@Call() call: Called<typeof operations.deleteDataSource>) {
    return this.dataSources.delete(call);
  }

  @Operation(operations.testDataSource)
  test(@Call() call: Called<typeof operations.testDataSource>) {
    return this.tests.test(call);
  }
}
