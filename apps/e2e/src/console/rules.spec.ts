import type { Page } from '@playwright/test';
import { type CallProduct, callerFor } from '../call-product.ts';
import { startTinyInstance, type TinyInstance } from '../tiny-instance.ts';
import { expect, test } from './console-test.ts';
import { findViolationsInBothColours } from './find-violations.ts';
import { type RouteAnswer, tenantId } from './seed.ts';

/** A service of its own for each test: its rules are nobody else's. */
async function makeService(call: CallProduct, id: string): Promise<void> {
  await call('POST', '/api/services', { id, unknownTenant: 'default' });
  for (const version of ['1.0.0', '2.0.0']) await call('POST', `/api/services/${id}/versions`, { version });
  await call('PATCH', `/api/services/${id}`, { defaultVersions: [{ version: '1.0.0', weight: 10_000 }] });
}

function startInstances(call: CallProduct, serviceId: string): Promise<TinyInstance[]> {
  const start = (version: string) =>
    startTinyInstance(call, { serviceId, version, instanceId: `${serviceId}-${version}` });
  return Promise.all(['1.0.0', '2.0.0'].map(start));
}

const rule = (id: string, version: string, extra: object = {}) => ({
  id,
  name: `Rule ${id}`,
  path: { type: 'exact', value: `/${id}` },
  target: { kind: 'version', version },
  ...extra,
});
const publish = async (call: CallProduct, serviceId: string, rules: unknown[]) => {
  await call('PUT', `/api/services/${serviceId}/rules/draft`, { rules });
  await call('POST', `/api/services/${serviceId}/rules/draft/publish`, {});
};
const standing = (page: Page) => page.getByRole('status', { name: 'State of the rules' });

test('a rule made in the form shows what is doubtful, is published, and /route follows it', async ({
  operator,
  world,
}) => {
  const { call } = world.product;
  const serviceId = 'rules-by-form';
  await makeService(call, serviceId);
  const instances = await startInstances(call, serviceId);
  const ask = async (headers: Record<string, string>, userId: string) => {
    const requestMetadata = { path: '/api/v1/cart', headers, userId };
    const request = { tenantId: tenantId(20), serviceName: serviceId, requestMetadata };
    return (await call<RouteAnswer>('POST', '/api/grey-router/route', request)).version;
  };
  expect(await ask({ 'x-beta': '1' }, 'qa-1')).toBe('1.0.0');

  await operator.goto(`/services/${serviceId}`);
  await operator.getByRole('link', { name: 'Rules', exact: true }).click();
  await expect(operator.getByText('This service has no rules.')).toBeVisible();
  await operator.getByRole('button', { name: 'Create rule' }).first().click();
  const panel = operator.getByRole('dialog');
  await panel.getByRole('button', { name: 'Add to draft' }).click();
  await expect(panel.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await panel.getByLabel('Name', { exact: true }).fill('Beta testers');
  await expect(panel.getByLabel('Id', { exact: true })).toHaveValue('beta-testers');
  await panel.getByLabel('Path', { exact: true }).selectOption('prefix');
  await panel.getByLabel('Path text').fill('/api/v1');
  await expect(panel.getByText('/api/v1 also matches /api/v10')).toBeVisible();

  // The form's row is CEL on the other tab, and CEL written there is rows again.
  await panel.getByRole('button', { name: 'Add condition' }).click();
  await panel.getByLabel('Name of the value').fill('x-beta');
  await panel.getByRole('textbox', { name: 'Compared with' }).fill('1');
  await panel.getByRole('tab', { name: 'CEL' }).click();
  const cel = panel.getByRole('textbox', { name: 'CEL' });
  await expect(cel).toHaveText("header['x-beta'] == '1'");
  await cel.press('ControlOrMeta+End');
  await operator.keyboard.insertText(' && user.startsWith(');
  await expect(panel.getByRole('alert').filter({ hasText: 'Character' })).toBeVisible();
  await expect(panel.getByRole('tab', { name: 'Form' })).toBeDisabled();
  await operator.keyboard.insertText("'qa-')");
  await panel.getByRole('tab', { name: 'Form' }).click();
  await expect(panel.getByRole('textbox', { name: 'Compared with' })).toHaveCount(2);
  await expect(panel.getByRole('textbox', { name: 'Compared with' }).last()).toHaveValue('qa-');

  await panel.getByLabel('Version', { exact: true }).selectOption('2.0.0');
  await panel.getByRole('button', { name: 'Add to draft' }).click();
  await expect(panel).toHaveCount(0);
  const row = operator.getByRole('row').filter({ hasText: 'Open prefix' });
  await expect(row).toContainText('/api/v10');
  await expect(standing(operator)).toContainText('1 warning');
  await expect(standing(operator)).toContainText('Unsaved edits');

  // Edits outlive the page; saving them changes nothing that routes.
  await operator.reload();
  await expect(standing(operator)).toContainText('Unsaved edits');
  await operator.getByRole('button', { name: 'Save draft' }).click();
  await expect(standing(operator)).toContainText('Draft saved');
  expect(await ask({ 'x-beta': '1' }, 'qa-1')).toBe('1.0.0');

  await operator.getByRole('button', { name: 'Review and publish' }).click();
  await expect(panel.getByRole('list', { name: 'Differences' })).toContainText('Beta testers');
  await panel.getByLabel('Reason').fill('Beta begins');
  await panel.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(operator.getByText('Set 1 is live.')).toBeVisible();
  await expect(operator.getByText('Effective on 1 of 1 router.')).toBeVisible();
  await expect(standing(operator)).toContainText('Live: set 1');
  expect(await ask({ 'x-beta': '1' }, 'qa-1')).toBe('2.0.0');
  expect(await ask({ 'X-Beta': '1' }, 'qa-1')).toBe('2.0.0');
  expect(await ask({ 'x-beta': '1' }, 'someone')).toBe('1.0.0');
  expect(await ask({}, 'qa-1')).toBe('1.0.0');
  for (const instance of instances) await instance.kill();
});

test('a set that was published before is looked at and published again', async ({ operator, world }) => {
  const { call } = world.product;
  const serviceId = 'rules-again';
  await makeService(call, serviceId);
  await publish(call, serviceId, [rule('first', '1.0.0')]);
  await publish(call, serviceId, [rule('second', '2.0.0')]);
  await operator.goto(`/services/${serviceId}/rules?view=published`);
  await operator.getByRole('button', { name: 'Publish set 1 again' }).click();
  const dialog = operator.getByRole('dialog');
  await expect(dialog.getByRole('list', { name: 'Differences' })).toContainText('Rule second');
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(operator.getByRole('row').filter({ hasText: 'repeats set 1' })).toContainText('Live');
  await operator.getByRole('tab', { name: /^Rules/ }).click();
  await expect(operator.getByRole('button', { name: 'Rule first', exact: true })).toBeVisible();
});

test('a rule is moved by keyboard, and the differences say that it moved', async ({ operator, world }) => {
  const { call } = world.product;
  const serviceId = 'rules-moved';
  await makeService(call, serviceId);
  await publish(call, serviceId, [rule('a', '1.0.0'), rule('b', '1.0.0'), rule('c', '2.0.0')]);
  await operator.goto(`/services/${serviceId}/rules`);
  const names = operator.getByRole('table').getByRole('button', { name: /^Rule .$/ });
  await expect(names).toHaveText(['Rule a', 'Rule b', 'Rule c']);
  await operator.getByRole('button', { name: 'Move Rule a' }).focus();
  await operator.keyboard.press('Space');
  await expect(operator.getByText('Rule a is picked up.')).toBeAttached();
  await operator.keyboard.press('ArrowDown');
  await expect(operator.getByText('Rule a is at place 2 of 3.')).toBeAttached();
  await operator.keyboard.press('Space');
  await expect(names).toHaveText(['Rule b', 'Rule a', 'Rule c']);
  await operator.getByRole('tab', { name: 'Differences to live (1)' }).click();
  await expect(operator.getByRole('list', { name: 'Differences' })).toContainText('Moved');
  await operator.getByRole('button', { name: 'Undo' }).click();
  await expect(operator.getByRole('tab', { name: 'Differences to live (0)' })).toBeVisible();
});

test('five hundred rules are ordered and searched within the bound of document nodes', async ({ operator, world }) => {
  const { call } = world.product;
  const serviceId = 'rules-many';
  await makeService(call, serviceId);
  const rules = Array.from({ length: 500 }, (_, index) => rule(`many-${index}`, '1.0.0', { priority: index % 7 }));
  await call('PUT', `/api/services/${serviceId}/rules/draft`, { rules });
  await operator.goto(`/services/${serviceId}/rules`);
  const table = operator.getByRole('table');
  await expect(table).toHaveAttribute('aria-rowcount', '501');
  await expect(table.getByRole('button', { name: 'Rule many-0', exact: true })).toBeVisible();
  expect(await table.evaluate((element) => element.ownerDocument.querySelectorAll('*').length)).toBeLessThan(2_500);
  await operator.getByText('As evaluated').click();
  await expect(table.getByRole('button', { name: 'Rule many-6', exact: true })).toBeVisible();
  await operator.getByLabel('Search rules').fill('many-499');
  await expect(table.getByRole('button', { name: 'Rule many-499', exact: true })).toBeVisible();
  await expect(table).toHaveAttribute('aria-rowcount', '2');
  // A link leads to a rule far below.
  await operator.goto(`/services/${serviceId}/rules?rule=many-480`);
  await expect(table.getByRole('button', { name: 'Rule many-480', exact: true })).toBeInViewport();
});

test('rules of another router are pasted, read, and become edits of the draft', async ({ operator, world }) => {
  const serviceId = 'rules-import';
  await makeService(world.product.call, serviceId);
  await operator.goto(`/services/${serviceId}/rules`);
  await operator.getByRole('button', { name: 'Import' }).first().click();
  const dialog = operator.getByRole('dialog');
  const row = { match_type: 'exact', pattern: '/cart', method: 'GET', priority: 5 };
  const rows = [
    { ...row, weight: 90, upstream: '1.0.0' },
    { ...row, weight: 10, upstream: '2.0.0' },
  ];
  await dialog.getByLabel('Text').fill(JSON.stringify(rows));
  await expect(dialog.getByLabel('Format')).toHaveValue('rule_rows');
  await dialog.getByRole('checkbox', { name: 'Weights stick to a unit' }).click();
  await dialog.getByRole('button', { name: 'Read' }).click();
  await expect(dialog.getByText('1 rule was read.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Take into the draft' }).click();
  await expect(operator.getByRole('table')).toContainText('by user');
  await expect(standing(operator)).toContainText('Unsaved edits');
});

test('edits do not overwrite a draft that somebody else saved meanwhile', async ({ operator, world }) => {
  const { call } = world.product;
  const serviceId = 'rules-conflict';
  await makeService(call, serviceId);
  await publish(call, serviceId, [rule('a', '1.0.0')]);
  await operator.goto(`/services/${serviceId}/rules`);
  await operator.getByRole('switch', { name: 'Rule a is on' }).click();
  await call('PUT', `/api/services/${serviceId}/rules/draft`, { rules: [rule('theirs', '2.0.0')] });
  await operator.getByRole('button', { name: 'Save draft' }).click();
  const conflict = operator.getByRole('alert').filter({ hasText: 'Changed by somebody else meanwhile' });
  await conflict.getByRole('button', { name: 'Show how yours differs' }).click();
  await expect(conflict.getByRole('list', { name: 'Differences' })).toContainText('Rule theirs');
  await conflict.getByRole('button', { name: 'Go on with mine' }).click();
  await operator.getByRole('button', { name: 'Save draft' }).click();
  await expect(standing(operator)).not.toContainText('Unsaved edits');
  const { draft } = await call<{ draft: { rules: object[] } }>('GET', `/api/services/${serviceId}/rules`);
  expect(draft.rules).toMatchObject([{ id: 'a', isEnabled: false }]);
});

/** Live rules and a draft of all kinds, with something for the analysis to say. */
async function makeDraft(call: CallProduct, serviceId: string): Promise<void> {
  await makeService(call, serviceId);
  const target = {
    kind: 'split',
    unit: { by: 'user' },
    shares: [
      { version: '1.0.0', weight: 9_000 },
      { version: '2.0.0', weight: 1_000 },
    ],
  };
  const when = {
    op: 'any',
    of: [
      { op: 'cidr', operand: { from: 'client_ip' }, networks: ['10.0.0.0/8'] },
      {
        op: 'all',
        of: [
          { op: 'time', days: [1, 2] },
          { op: 'not', of: { op: 'random', below: 0.5 } },
        ],
      },
    ],
  };
  await publish(call, serviceId, [rule('a', '1.0.0')]);
  await call('PUT', `/api/services/${serviceId}/rules/draft`, {
    rules: [rule('a', '1.0.0'), rule('b', '2.0.0', { path: { type: 'prefix', value: '/b' }, when, target })],
  });
}
const settled = async (page: Page) => {
  await expect(standing(page)).toContainText('warning');
  await expect(page.getByText(/^Loading: /)).toHaveCount(0);
};

test('axe finds nothing on the rules of a service', async ({ operator, world }) => {
  const serviceId = 'rules-axe';
  await makeDraft(world.product.call, serviceId);
  for (const view of ['rules', 'diff', 'published']) {
    await operator.goto(`/services/${serviceId}/rules?view=${view}`);
    await settled(operator);
    expect(await findViolationsInBothColours(operator), view).toEqual([]);
  }
});

test('axe finds nothing in the editor of a rule', async ({ operator, world }) => {
  const serviceId = 'rules-axe-editor';
  await makeDraft(world.product.call, serviceId);
  await operator.goto(`/services/${serviceId}/rules`);
  await operator.getByRole('button', { name: 'Rule b', exact: true }).click();
  expect(await findViolationsInBothColours(operator), 'form').toEqual([]);
  await operator.getByRole('dialog').getByRole('tab', { name: 'CEL' }).click();
  await expect(operator.getByRole('textbox', { name: 'CEL' })).toContainText('inCidr');
  expect(await findViolationsInBothColours(operator), 'CEL').toEqual([]);
});

test('axe finds nothing in the dialogs of the rules', async ({ operator, world }) => {
  const serviceId = 'rules-axe-dialogs';
  await makeDraft(world.product.call, serviceId);
  await operator.goto(`/services/${serviceId}/rules?view=published`);
  await settled(operator);
  for (const button of ['View set 1', 'Import', 'Review and publish']) {
    await operator.getByRole('button', { name: button }).click();
    await expect(operator.getByRole('dialog')).toBeVisible();
    await settled(operator);
    expect(await findViolationsInBothColours(operator), button).toEqual([]);
    await operator.keyboard.press('Escape');
    await expect(operator.getByRole('dialog')).toHaveCount(0);
  }
});

test('who may only look at rules sees them without a way to change them', async ({ operator, world }) => {
  const { call } = world.product;
  const serviceId = 'rules-viewer';
  await makeService(call, serviceId);
  await publish(call, serviceId, [rule('a', '1.0.0')]);
  await call('POST', '/api/users', {
    username: 'looker',
    name: 'Looker',
    password: 'correct horse battery',
    role: 'VIEWER',
  });
  const { url } = world.product;
  const password = 'correct horse battery';
  const first = await callerFor(url)<{ accessToken: string }>('POST', '/api/auth/login', {
    username: 'looker',
    password,
  });
  const session = await callerFor(url, first.accessToken)<object>('PUT', '/api/auth/password', {
    currentPassword: password,
    newPassword: `${password} staple`,
  });
  await operator.addInitScript((own) => localStorage.setItem('grey.session', JSON.stringify(own)), session);
  await operator.goto(`/services/${serviceId}/rules`);
  await expect(operator.getByText('You may look at the rules')).toBeVisible();
  await expect(operator.getByRole('cell', { name: 'on', exact: true })).toBeVisible();
  await expect(operator.getByRole('switch')).toHaveCount(0);
  await expect(operator.getByRole('button', { name: /Create rule|Save draft|publish|Move|Actions for/ })).toHaveCount(
    0,
  );
});
