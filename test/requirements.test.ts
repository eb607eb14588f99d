import { expect, test } from 'vitest';
import { requirementGroups, requirements } from './requirements.ts';

test('every requirement belongs to a group and has a text', () => {
  const ids = Object.keys(requirements);
  expect(ids).toHaveLength(356);
  const orphans = ids.filter((id) => !(id.charAt(0) in requirementGroups));
  expect(orphans).toEqual([]);
  expect(Object.values(requirements).filter((text) => text.length < 3)).toEqual([]);
});
