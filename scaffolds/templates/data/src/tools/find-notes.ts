import { defineTool } from '@counterpart/kit';
import { z } from 'zod';
import { Note, notesIn } from '../notes.ts';

/** Reads rows, the newest first, and says how many there are beyond them. */
export const findNotes = defineTool({
  name: 'find_notes',
  title: 'Find notes',
  description: 'Finds notes that contain a text, the newest first; without a text, all of them.',
  effect: 'read',
  input: z.strictObject({
    text: z.string().default('').describe('What the notes contain; upper and lower case are the same.'),
    limit: z.int().min(1).max(100).default(20).describe('How many notes at most.'),
  }),
  output: z.strictObject({
    notes: z.array(Note),
    total: z.int().describe('How many contain it, shown or not.'),
  }),
  run({ text, limit }, { setting }) {
    const notes = notesIn(setting('TEMPLATE_FILE') ?? ':memory:');
    const found = 'FROM notes WHERE instr(lower(text), lower(?)) > 0';
    const rows = notes.prepare(`SELECT * ${found} ORDER BY id DESC LIMIT ?`).all(text, limit);
    const total = z.object({ total: z.int() }).parse({
      ...notes.prepare(`SELECT count(*) AS total ${found}`).get(text),
    });
    return { notes: rows.map((row) => Note.parse({ ...row })), ...total };
  },
});
