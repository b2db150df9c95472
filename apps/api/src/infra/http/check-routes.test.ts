import 'reflect-metadata';
import { operations } from '@grey/contracts';
import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { expect, test } from 'vitest';
import { RouteCheck } from './check-routes.ts';
import { Operation } from './operation.decorator.ts';

@Controller()
class Declared {
  @Operation(operations.getLiveness)
  get() {
    return {};
  }
}

@Controller()
class Undeclared {
  @Get('/api/open-to-all')
  get() {
    return {};
  }
}

@Controller()
class Unlisted {
  @Operation({ ...operations.getLiveness, id: 'notInTheContract', path: '/api/other' })
  get() {
    return {};
  }
}

@Controller()
class WithoutPermission {
  @Operation({ ...operations.getLiveness, permission: undefined as never })
  get() {
    return {};
  }
}

async function start(...controllers: (new () => object)[]): Promise<void> {
  @Module({ imports: [DiscoveryModule], controllers, providers: [RouteCheck] })
  class TestModule {}
  const app = await NestFactory.create(TestModule, { logger: false, abortOnError: false });
  try {
    await app.init();
  } finally {
    await app.close();
  }
}

test('a route that the contract declares starts', async () => {
  await expect(start(Declared)).resolves.toBeUndefined();
});

test.each([
  ['without an operation', Undeclared, 'Undeclared.get declares no operation'],
  ['with an operation of its own making', Unlisted, 'that the contract does not have'],
  ['whose operation has no permission', WithoutPermission, 'getLiveness has no permission'],
])('a route %s keeps the application from starting', async (_, controller, reason) => {
  await expect(start(Declared, controller)).rejects.toThrow(reason);
});
