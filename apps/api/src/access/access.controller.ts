import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { ApiKeysService } from './api-keys.service.ts';
import { SessionsService, showCaller } from './sessions.service.ts';
import { UsersService } from './users.service.ts';

const { login, logout, getMe, changePassword } = operations;
const { listUsers, createUser, updateUser, deleteUser, listApiKeys, createApiKey, revokeApiKey } = operations;

@Controller()
export class AccessController {
  readonly #sessions: SessionsService;
  readonly #users: UsersService;
  readonly #apiKeys: ApiKeysService;

  constructor(sessions: SessionsService, users: UsersService, apiKeys: ApiKeysService) {
    this.#sessions = sessions;
    this.#users = users;
    this.#apiKeys = apiKeys;
  }

  @Operation(login)
  login(@Call() { input, clientIp }: Called<typeof login>) {
    return this.#sessions.login(input.body, clientIp);
  }

  @Operation(logout)
  logout(@Call() { caller }: Called<typeof logout>) {
    return this.#sessions.logout(caller);
  }

  @Operation(getMe)
  getMe(@Call() { caller }: Called<typeof getMe>) {
    return showCaller(caller);
  }

  @Operation(changePassword)
  changePassword(@Call() { input, caller, clientIp }: Called<typeof changePassword>) {
    return this.#sessions.changePassword(caller, input.body, clientIp);
  }

  @Operation(listUsers)
  listUsers(@Call() { input }: Called<typeof listUsers>) {
    return this.#users.list(input.query);
  }

  @Operation(createUser)
  createUser(@Call() { input, caller, idempotency }: Called<typeof createUser>) {
    return this.#users.create(caller, input.body, idempotency);
  }

  @Operation(updateUser)
  updateUser(@Call() { input, caller }: Called<typeof updateUser>) {
    return this.#users.update(caller, String(input.params.userId), input.body);
  }

  @Operation(deleteUser)
  deleteUser(@Call() { input, caller }: Called<typeof deleteUser>) {
    return this.#users.delete(caller, String(input.params.userId));
  }

  @Operation(listApiKeys)
  listApiKeys(@Call() { input }: Called<typeof listApiKeys>) {
    return this.#apiKeys.list(input.query);
  }

  @Operation(createApiKey)
  createApiKey(@Call() { input, caller }: Called<typeof createApiKey>) {
    return this.#apiKeys.create(caller, input.body);
  }

  @Operation(revokeApiKey)
  revokeApiKey(@Call() { input, caller }: Called<typeof revokeApiKey>) {
    return this.#apiKeys.revoke(caller, String(input.params.apiKeyId));
  }
}
