import { z } from 'zod';
import { listChanges, undoChange, type Change } from '../../../interop/backups.ts';
import { defineCommand } from '../../command.ts';
import { renderTable } from '../../output/text/table.ts';

export const undo = defineCommand({
  name: 'undo',
  group: 'clients',
  summary: 'Take back the last change of a configuration file',
  description:
    'Every command that changes a file of yours (import, connect, add, remove, …) keeps a copy first. `undo` puts the newest copy back byte for byte; again, the one before it.',
  options: [
    ['--list', 'List the changes, newest first, and change nothing'],
    ['--force', 'Undo although the file was changed since'],
  ],
  examples: [
    ['hub undo', 'takes back the last change'],
    ['hub undo --list', 'shows what can be taken back'],
  ],
  input: z.object({ list: z.boolean().default(false), force: z.boolean().default(false) }),
  run(context, { list, force }) {
    const { home, paint, io } = context;
    if (list) {
      const changes = listChanges(home);
      context.result({ changes }, () =>
        changes.length === 0 ? 'No change is recorded.' : renderChanges(changes, io.width),
      );
      return Promise.resolve();
    }
    const change = undoChange(home, { force });
    context.result({ undone: change }, () =>
      [`${paint.good('✓')} Took back: ${change.what}`, ...change.paths.map(({ path }) => `  ${path}`)].join(
        '\n',
      ),
    );
    return Promise.resolve();
  },
});

const renderChanges = (changes: readonly Change[], width: number): string =>
  renderTable(
    ['WHEN', 'WHAT', 'UNDONE', 'FILES'],
    changes.map(({ at, what, undone, paths }) => [
      at.slice(0, 19).replace('T', ' '),
      what,
      undone === undefined ? '' : 'yes',
      paths.map(({ path }) => path).join(', '),
    ]),
    width,
  );
