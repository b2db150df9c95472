import { describe, expect, it } from 'vitest';
import { errorCodes, problemOf, problemSchema } from './errors.ts';
import { errorsOf } from './operation.ts';
import { operationList, operations } from './operations.ts';
import { permissions, permissionsOfRole, permissionsOfScope } from './permissions.ts';

const placeholders = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);

describe('operations', () => {
  it('stand in the table under their own id', () => {
    for (const [key, operation] of Object.entries(operations)) expect(operation.id).toBe(key);
  });

  it('own their method and path alone', () => {
    const places = operationList.map((operation) => `${operation.method} ${operation.path}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it.each(operationList.map((operation) => [operation.id, operation] as const))(
    '%s declares exactly the parameters of its path',
    (_, operation) => {
      expect(Object.keys(operation.params?.shape ?? {}).sort()).toEqual(placeholders(operation.path).sort());
    },
  );

  it('name the tenant where they say it is', () => {
    for (const operation of operationList.filter((one) => one.tenantIn === 'path'))
      expect(operation.params?.shape).toHaveProperty('tenantId');
  });

  it('bear an Idempotency-Key only on POST, and a body never on GET', () => {
    for (const operation of operationList) {
      if (operation.isIdempotent) expect(operation.method).toBe('POST');
      if (operation.method === 'GET') expect(operation.body).toBeUndefined();
    }
  });

  it('are open to everybody only where a caller cannot have a token yet, or where a probe asks', () => {
    const open = operationList
      .filter((operation) => operation.permission === 'public')
      .map((operation) => operation.id);
    expect(open.sort()).toEqual(['getHealth', 'getLiveness', 'getMetrics', 'getOpenapi', 'getReadiness', 'login']);
  });
});

describe('permissions', () => {
  it('are each needed by some operation, and held by the administrator', () => {
    const needed = new Set(operationList.flatMap((operation) => [operation.permission, ...(operation.mayNeed ?? [])]));
    for (const permission of permissions) expect(needed).toContain(permission);
    expect(permissionsOfRole.GREY_ROUTER_ADMIN).toEqual(permissions);
  });

  it('let a VIEWER and an API key change no configuration', () => {
    const writing = permissions.filter(
      (permission) =>
        /\.(write|create|update|delete|manage|run|sync)$/.test(permission) && permission !== 'registry.write',
    );
    for (const permission of writing) {
      expect(permissionsOfRole.VIEWER).not.toContain(permission);
      for (const granted of Object.values(permissionsOfScope)) expect(granted).not.toContain(permission);
    }
  });
});

describe('problems', () => {
  it('carry status and title of their code, for every code', () => {
    for (const code of Object.keys(errorCodes) as (keyof typeof errorCodes)[]) {
      const problem = problemSchema.parse(problemOf(code, { detail: 'because' }));
      expect(problem).toMatchObject({
        code,
        status: errorCodes[code].status,
        title: errorCodes[code].title,
        detail: 'because',
      });
    }
  });

  it('are documented as 4xx or 5xx on the operations that answer with them', () => {
    const documented = new Set(operationList.flatMap(errorsOf));
    const general = ['ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED', 'INTERNAL_ERROR'];
    // Of cells and moves: they stand in refusals, and in the objections of MOVE_REFUSED.
    const ofMoves = ['FROZEN', 'INCOMPATIBLE'];
    const elsewhere = new Set([...general, ...ofMoves]);
    expect(Object.keys(errorCodes).filter((code) => !documented.has(code as never) && !elsewhere.has(code))).toEqual(
      [],
    );
  });
});
