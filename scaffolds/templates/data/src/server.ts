import { serve } from '@counterpart/kit';
import { addNote } from './tools/add-note.ts';
import { findNotes } from './tools/find-notes.ts';

await serve(new URL('..', import.meta.url), { tools: [addNote, findNotes] });
