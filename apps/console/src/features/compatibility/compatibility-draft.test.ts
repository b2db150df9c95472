import { expect, test } from 'vitest';
import {
  draftOf,
  editedVersions,
  passageOf,
  saidOf,
  setListing,
  setRequirement,
  togglePassage,
} from './compatibility-draft.ts';

const versions = ['1.0', '1.1', '2.0'];
const loaded = draftOf(versions, [{ version: '2.0', breakingChanges: true, migrationRequired: true }]);
const at = (draft: typeof loaded, version: string) => {
  const found = draft.find((one) => one.version === version);
  if (!found) throw new Error(`${version} is missing`);
  return found;
};

test('of a version that says nothing, all may follow but those with breaking changes', () => {
  expect(passageOf(at(loaded, '1.0'), at(loaded, '1.1'))).toEqual({
    isAllowed: true,
    because: 'unsaid',
    migrates: false,
  });
  expect(passageOf(at(loaded, '1.0'), at(loaded, '2.0'))).toEqual({
    isAllowed: false,
    because: 'breaking',
    migrates: true,
  });
});

test('allowing one passage lists what was allowed before beside it', () => {
  const draft = togglePassage(loaded, '1.0', '2.0');
  expect(at(draft, '1.0').compatibleWith).toEqual(['1.1', '2.0']);
  expect(passageOf(at(draft, '1.0'), at(draft, '2.0'))).toMatchObject({ isAllowed: true, because: 'listed' });
  expect(at(togglePassage(draft, '1.0', '1.1'), '1.0').compatibleWith).toEqual(['2.0']);
  expect(togglePassage(draft, '1.0', '1.0')).toBe(draft);
});

test('a draft that says the same again is not edited', () => {
  const draft = togglePassage(loaded, '1.0', '2.0');
  expect(editedVersions(draft, loaded)).toEqual(['1.0']);
  expect(editedVersions(setListing(draft, '1.0', false), loaded)).toEqual([]);
  expect(editedVersions(togglePassage(togglePassage(draft, '1.0', '1.1'), '1.0', '1.1'), draft)).toEqual([]);
});

test('what says nothing is not sent, unless it was named before', () => {
  expect(saidOf(loaded, []).map((one) => one.version)).toEqual(['2.0']);
  expect(saidOf(loaded, [{ version: '1.1' }]).map((one) => one.version)).toEqual(['1.1', '2.0']);
});

test('a requirement is added or takes the place of another', () => {
  const added = setRequirement(loaded, '2.0', { serviceId: 'pay', range: '>=2' }, null);
  expect(at(added, '2.0').requires).toEqual([{ serviceId: 'pay', range: '>=2' }]);
  expect(at(setRequirement(added, '2.0', { serviceId: 'pay', range: ['3'] }, 0), '2.0').requires).toEqual([
    { serviceId: 'pay', range: ['3'] },
  ]);
});
