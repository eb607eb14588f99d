import { expect, test } from 'vitest';
import { toHubEntry } from './to-hub-entry.ts';

const source = { file: '/home/me/.config/client/mcp.json', homeDir: '/home/me' };

test.each([
  ['Größe messen', 'grosse-messen'],
  ['Żółw', 'zolw'],
  ['smørbrød', 'smorbrod'],
  ['已知', 'server'],
  ['files', 'files'],
])('a server that a client calls %j is imported as %j', (name, id) => {
  expect(toHubEntry(name, { command: 'serve' }, source)).toMatchObject({ kind: 'entry', id });
});
