import { testContext } from '@counterpart/kit/testing';
import { expect, test } from 'vitest';
import { addNote } from '../src/tools/add-note.ts';
import { findNotes } from '../src/tools/find-notes.ts';

test('what was noted is found by its words, the newest first', async () => {
  const context = testContext({ settings: { TEMPLATE_FILE: ':memory:' } });
  for (const text of ['Buy milk', 'Call Anna', 'Milk the goat']) await addNote.call({ text }, context);
  const { structuredContent } = await findNotes.call({ text: 'MILK', limit: 1 }, context);
  expect(structuredContent).toMatchObject({ notes: [{ id: 3, text: 'Milk the goat' }], total: 2 });
});
