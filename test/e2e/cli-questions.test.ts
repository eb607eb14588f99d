import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KEYS, openTerminal, type TestTerminal } from '../fixtures/terminal.ts';
import { createTestHome, HUB_BINARY, type TestHome } from './cli-runner.ts';

let place: TestHome;
beforeEach(() => {
  place = createTestHome();
  place.write('mcp.json', JSON.stringify({ mcpServers: { a: { command: 'node', args: ['a.js'] } } }));
});
afterEach(() => place.dispose());

const open = (...args: string[]): TestTerminal =>
  openTerminal([process.execPath, HUB_BINARY, ...args], {
    cwd: place.home,
    env: { PATH: process.env['PATH'], HOME: place.user },
  });

const IMPORT = ['import', '../mcp.json'];
const SECRET = ['secret', 'set', 'SOME_TOKEN'];

test.each([
  ['Ctrl-C at a question ends the command', IMPORT, KEYS.ctrlC, 130],
  ['Ctrl-D at a question is a no', IMPORT, KEYS.ctrlD, 0],
  ['Ctrl-C at a secret ends the command', SECRET, KEYS.ctrlC, 130],
  ['Ctrl-D at a secret is an empty one', SECRET, KEYS.ctrlD, 4],
])('%s, and nothing is written', async (_, words, key, code) => {
  const before = readFileSync(join(place.home, 'hub.config.json'), 'utf8');
  const terminal = open(...words);
  await terminal.until(/\[y\/N\] |\(not shown\): /);
  terminal.type(key);
  expect(await terminal.ended()).toBe(code);
  expect(terminal.shown).not.toContain('INTERNAL');
  expect(readFileSync(join(place.home, 'hub.config.json'), 'utf8')).toBe(before);
  expect(existsSync(join(place.home, '.hub/backups'))).toBe(false);
});
