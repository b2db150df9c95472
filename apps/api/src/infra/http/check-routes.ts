import { operationList } from '@grey/contracts';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { operationOf } from './operation.decorator.ts';

/**
 * Refuses to start when a controller method answers HTTP without an operation of the contract behind it: it would have
 * no permission. The key is the one Nest keeps a route's path under.
 */
@Injectable()
export class RouteCheck implements OnApplicationBootstrap {
  readonly #discovery: DiscoveryService;
  readonly #scanner: MetadataScanner;

  constructor(discovery: DiscoveryService, scanner: MetadataScanner) {
    this.#discovery = discovery;
    this.#scanner = scanner;
  }

  onApplicationBootstrap(): void {
    const faults: string[] = [];
    for (const { instance, name } of this.#discovery.getControllers()) {
      const prototype = Object.getPrototypeOf(instance);
      for (const method of this.#scanner.getAllMethodNames(prototype)) {
        if (!Reflect.hasMetadata('path', prototype[method])) continue;
        const operation = operationOf(prototype[method]);
        if (operation === undefined) faults.push(`${name}.${method} declares no operation`);
        else if (!operationList.some((one) => one.id === operation.id))
          faults.push(`${name}.${method} declares an operation that the contract does not have`);
        else if (!operation.permission) faults.push(`${name}.${method}: ${operation.id} has no permission`);
      }
    }
    if (faults.length > 0) throw new Error(`Routes without a declared permission:\n  ${faults.join('\n  ')}`);
  }
}
