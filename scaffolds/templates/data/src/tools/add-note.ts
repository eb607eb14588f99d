import { defineTool } from '@counterpart/kit';
import { z } from 'zod';
import { Note, notesIn } from '../notes.ts';

/** Writes one row; values are bound, never part of the SQL. */
export const addNote = defineTool({
  name: 'add_note',
  title: 'Add a note',
  description: 'Keeps a note of at most 10,000 characters and answers it with its number.',
  effect: 'write',
  input: z.strictObject({ text: z.string().min(1).max(10_000).describe('The note.') }),
  output: Note,
  run({ text }, { setting }) {
    const row = notesIn(setting('TEMPLATE_FILE') ?? ':memory:')
      .prepare('INSERT INTO notes (text, writtenAt) VALUES (?, ?) RETURNING *')
      .get(text, new Date().toISOString());
    return Note.parse({ ...row });
  },
});
