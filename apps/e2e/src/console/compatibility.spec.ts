import { expect, test } from './console-test.ts';
import { findViolations, findViolationsInBothColours } from './find-violations.ts';

const versions = ['1.0.0', '1.1.0', '2.0.0'];

// Names begin with zz: they stand behind those that other specs reach with the keyboard.
test('what is said is edited with the keyboard, saved as one change, and leads to an upgrade step by step', async ({
  operator,
  world,
}) => {
  const { call } = world.product;
  for (const id of ['zz-fit-shop', 'zz-fit-pay']) {
    await call('POST', '/api/services', { id });
    for (const version of versions) await call('POST', `/api/services/${id}/versions`, { version });
    await call('PATCH', `/api/services/${id}`, { defaultVersions: [{ version: '1.0.0', weight: 10_000 }] });
  }
  await call('POST', '/api/tenants', { id: 'zz-fit-tenant', name: 'Fitting' });

  await operator.goto('/services/zz-fit-shop/compatibility');
  const grid = operator.getByRole('grid', { name: 'From version to version' });
  await grid.focus();
  // From 1.0.0 to 2.0.0: refused from here on.
  await operator.keyboard.press('End');
  await expect(operator.getByTestId('passage')).toContainText('1.0.0 → 2.0.0 Allowed: nothing is said.');
  await operator.keyboard.press('Enter');
  await expect(operator.getByTestId('passage')).toContainText('Refused: the version that is left does not list it.');
  await operator.getByRole('button', { name: 'Add a need of 2.0.0' }).click();
  const dialog = operator.getByRole('dialog');
  await dialog.getByLabel('Service').selectOption('zz-fit-pay');
  await dialog.getByLabel('Range', { exact: true }).fill('>=2 <<3');
  await expect(dialog.getByText('This is no SemVer range.')).toBeVisible();
  await dialog.getByLabel('Range', { exact: true }).fill('>=2 <3');
  await expect(dialog.getByText('Fits now: 2.0.0')).toBeVisible();
  await dialog.getByRole('button', { name: 'Take over' }).click();
  await expect(operator.getByText('2 versions edited; nothing is saved yet')).toBeVisible();
  expect(await findViolationsInBothColours(operator)).toEqual([]);
  await operator.getByLabel('Reason (kept in the log)').fill('as the release notes say');
  await operator.getByRole('button', { name: 'Save as one change' }).click();
  await expect(operator.getByText('2 versions edited')).toHaveCount(0);
  const { versions: said } = await call<{ versions: object[] }>('GET', '/api/services/zz-fit-shop/compatibility');
  expect(said).toMatchObject([
    { version: '1.0.0', compatibleWith: ['1.1.0'] },
    { version: '2.0.0', requires: [{ serviceId: 'zz-fit-pay', range: '>=2 <3' }] },
  ]);

  await operator.goto('/compatibility/upgrade?tenants=zz-fit-tenant&to=zz-fit-shop@2.0.0');
  const steps = operator.getByRole('listitem');
  await expect(steps).toHaveCount(3);
  await expect(steps.filter({ hasText: '1.0.0 → 1.1.0' })).toContainText('On the way to 2.0.0 (step 3)');
  await expect(steps.filter({ hasText: 'zz-fit-pay' })).toContainText('needs >=2 <3 here.');
  await expect(steps.last()).toContainText('You asked for it.');
  expect(await findViolations(operator)).toEqual([]);
  await operator.getByRole('button', { name: 'Plan this step' }).click();
  await dialog.getByRole('button', { name: 'Apply as one: 1' }).click();
  await expect(steps).toHaveCount(2);
});

test('a file is told where it is wrong, what it would change, and taken as one change', async ({ operator, world }) => {
  const { call } = world.product;
  await call('POST', '/api/services', { id: 'zz-fit-file' });
  for (const version of versions) await call('POST', '/api/services/zz-fit-file/versions', { version });
  await operator.goto('/compatibility');
  await operator.getByRole('button', { name: 'Import YAML' }).click();
  const dialog = operator.getByRole('dialog');
  const file = (version: string) =>
    `compatibility_matrix:\n  zz-fit-file:\n    ${version}:\n      breaking_changes: true\n`;
  await dialog.getByRole('textbox', { name: 'YAML' }).fill(file('9.9.9'));
  await dialog.getByRole('button', { name: 'Check' }).click();
  await expect(dialog.getByRole('alert')).toContainText('zz-fit-file has no version 9.9.9');
  await dialog.getByRole('button', { name: 'Line 3' }).click();
  await expect(dialog.getByRole('textbox', { name: 'YAML' })).toBeFocused();
  await dialog.getByRole('textbox', { name: 'YAML' }).fill(file('2.0.0'));
  await dialog.getByRole('button', { name: 'Check' }).click();
  await expect(dialog.getByRole('status')).toContainText('new: 2.0.0');
  await dialog.getByRole('button', { name: 'Import as one change' }).click();
  await expect(
    operator.getByRole('table', { name: 'Compatibility' }).getByRole('row').filter({ hasText: 'zz-fit-file' }),
  ).toContainText('2.0.0');
});

test('a version that is left is seen with all that keeps it, replaced by another, and revived', async ({
  operator,
  world,
}) => {
  const { call } = world.product;
  await call('POST', '/api/services', { id: 'zz-fit-end' });
  for (const version of versions) await call('POST', '/api/services/zz-fit-end/versions', { version });
  await call('PATCH', '/api/services/zz-fit-end', { defaultVersions: [{ version: '1.0.0', weight: 10_000 }] });
  await call('POST', '/api/tenants', { id: 'zz-fit-straggler', name: 'Straggler' });
  await call('PUT', '/api/tenants/zz-fit-straggler/services/zz-fit-end/version', { targetVersion: '1.0.0' });
  await operator.goto('/services/zz-fit-end');
  await operator.getByRole('link', { name: '1.0.0', exact: true }).click();
  await expect(operator.getByText('2 references keep it from being retired.')).toBeVisible();
  await expect(operator.getByRole('table', { name: 'Who is left on it' })).toContainText('zz-fit-straggler');
  await expect(operator.getByRole('button', { name: 'Retire', exact: true })).toBeDisabled();
  expect(await findViolations(operator)).toEqual([]);
  await operator.getByRole('button', { name: /^Promote another/ }).click();
  const dialog = operator.getByRole('dialog');
  await dialog.getByLabel('Version that comes').selectOption('2.0.0');
  await expect(dialog.getByTestId('promotion')).toContainText('1.0.0 → 2.0.0');
  await dialog.getByRole('button', { name: 'Promote and retire: 1 move' }).click();
  await expect(operator.getByText('The version is retired: it can be chosen nowhere.')).toBeVisible();
  const { items } = await call<{ items: object[] }>('GET', '/api/tenants/zz-fit-straggler/services');
  expect(items).toContainEqual(expect.objectContaining({ serviceId: 'zz-fit-end', version: '2.0.0' }));
  await operator.getByRole('button', { name: 'Revive' }).click();
  await dialog.getByLabel('Reason (kept in the log)').fill('a customer needs it for a week');
  await dialog.getByRole('button', { name: 'Revive' }).click();
  await expect(operator.getByText('Nothing keeps it: it can be retired.')).toBeVisible();
});
