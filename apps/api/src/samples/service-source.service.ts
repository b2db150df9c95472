import type { operations } from '@grey/contracts';
import { readService } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { assertTenant } from '../access/caller.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { RouterState } from '../routing/router-state.ts';

/** What the playground needs to decide in the browser as this router does. */
@Injectable()
export class ServiceSourceService {
  constructor(private readonly router: RouterState) {}

  /** @throws ApiError TENANT_FORBIDDEN, SNAPSHOT_MISSING, SERVICE_UNKNOWN */
  get({ caller, input }: Called<(typeof operations)['getServiceSource']>) {
    const { tenantId } = input.query;
    if (tenantId !== undefined) assertTenant(caller, tenantId);
    const { snapshot } = this.router;
    if (snapshot === undefined) throw new ApiError('SNAPSHOT_MISSING');
    const source = readService(snapshot, input.params.serviceId, tenantId);
    if (source === undefined) throw new ApiError('SERVICE_UNKNOWN');
    return source;
  }
}
