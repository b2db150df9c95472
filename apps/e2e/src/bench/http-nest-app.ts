import 'reflect-metadata';
import type { RequestListener } from 'node:http';
import { type RouteRequest, routeRequestSchema } from '@grey/contracts';
import { type DecisionEnv, decide, type Snapshot } from '@grey/route-core';
import type { TokenCache } from '@grey/route-module';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  HttpCode,
  Module,
  Post,
  StandardSchemaValidationPipe,
  UseGuards,
  UsePipes,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';

/**
 * The route endpoint as an ordinary controller with a guard, in Nest on Express: same token cache, same schema for the
 * body, same engine. Without interceptors and log, which only make it slower. Decorators are applied by call, as Node runs this
 * file as it is.
 */
export async function createNestListener(
  snapshot: Snapshot,
  env: DecisionEnv,
  tokens: TokenCache,
): Promise<RequestListener> {
  class TokenGuard implements CanActivate {
    async canActivate(context: ExecutionContext): Promise<boolean> {
      const { authorization } = context.switchToHttp().getRequest<{ headers: { authorization?: string } }>().headers;
      if (authorization === undefined || !authorization.startsWith('Bearer ')) return false;
      const bearer = authorization.slice('Bearer '.length);
      const { caller } = tokens.find(bearer) ?? (await tokens.verify(bearer));
      return caller.permissions.has('route');
    }
  }
  class RouteController {
    route(body: RouteRequest): object {
      const { tenantId, serviceName, requestMetadata } = body;
      const decision = decide(snapshot, { tenantId, serviceName, metadata: requestMetadata }, env);
      if (!decision.ok) return { code: decision.code };
      const { instance, version, reason, bucket, holds, fallback, isDegraded, epoch, revision } = decision;
      const timestamp = new Date().toISOString();
      const { address, instanceId } = instance;
      const answer = { instance: address, instanceId, version, serviceName, tenantId, reason, bucket, holds, fallback };
      return { ...answer, isDegraded, epoch, revision, timestamp };
    }
  }
  const method = Object.getOwnPropertyDescriptor(RouteController.prototype, 'route')!;
  Body({ schema: routeRequestSchema })(RouteController.prototype, 'route', 0);
  Post('route')(RouteController.prototype, 'route', method);
  HttpCode(200)(RouteController.prototype, 'route', method);
  UseGuards(TokenGuard)(RouteController);
  UsePipes(new StandardSchemaValidationPipe())(RouteController);
  Controller('api/grey-router')(RouteController);
  class AppModule {}
  Module({ controllers: [RouteController], providers: [TokenGuard] })(AppModule);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error'] });
  app.set('etag', false);
  await app.init();
  return app.getHttpAdapter().getInstance() as RequestListener;
}
