import { expect, test } from 'vitest';
import { readCompareView, readPastView, stateEntities } from './past-view.ts';

test('what of the past is looked at is read from the URL, what does not fit is dropped', () => {
  expect(readPastView({ at: 'e1-7', entity: 'hold', search: 42, serviceId: ' pay ' })).toEqual({
    at: 'e1-7',
    entity: 'hold',
    search: '42',
    serviceId: 'pay',
  });
  expect(readPastView({ at: 'yesterday', entity: 'user', search: '' })).toEqual({});
  expect(readCompareView({ from: 'e1-7', to: '2026-11-21T09:00:00Z', entity: 'lane', tenantId: 't' })).toEqual({
    from: 'e1-7',
    to: '2026-11-21T09:00:00.000Z',
    entity: 'lane',
    tenantId: 't',
  });
});

test('persons and their keys are no state of the configuration', () => {
  expect(stateEntities).not.toContain('user');
  expect(stateEntities).toContain('assignment');
});
