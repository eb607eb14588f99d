import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, test } from 'vitest';
import { createContext } from './context.ts';
import type { Io } from './io.ts';
import { execute } from './main.ts';

const WIDTH = 80;

/** A terminal of 80 columns, and what was written on it. */
function terminal(width = WIDTH) {
  const said = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({ write: (chunk: Buffer, _encoding, done) => ((said[name] += chunk.toString()), done()) });
  const io: Io = {
    stdin: Readable.from([]),
    stdout: into('out'),
    stderr: into('err'),
    env: {},
    cwd: import.meta.dirname,
    interactive: false,
    colours: { stdout: true, stderr: true },
    liveStderr: false,
    width,
    program: 'npx hub',
    runShim: () => Promise.resolve(),
  };
  return { io, said };
}

const run = async (...argv: string[]) => {
  const { io, said } = terminal();
  const exit = await execute(argv, io, new AbortController().signal);
  return { exit, ...said };
};

const widest = (text: string): number =>
  Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map((line) => line.length),
  );

test.each(['', 'build', 'mirror', 'versions', 'call', 'flow', 'chat'])(
  'the help of “%s” has its place on a terminal of 80 columns',
  async (command) => {
    const { out, exit } = await run(...(command === '' ? [] : [command]), '--help');
    expect(exit).toBe(0);
    expect(widest(out)).toBeLessThanOrEqual(WIDTH);
  },
);

test.each([30, 40, 50, 60])('every help has its place on a terminal of %i columns', async (width) => {
  const { io, said } = terminal(width);
  for (const command of [[], ['build'], ['call'], ['mirror'], ['mirror', 'start'], ['chat']])
    expect(await execute([...command, '--help'], io, new AbortController().signal)).toBe(0);
  const longWord = /\S{20}/;
  const wide = stripVTControlCharacters(said.out)
    .split('\n')
    .filter((line) => line.length > width && !longWord.test(line));
  expect(wide).toEqual([]);
});

it('only a name that is really near is proposed for one that there is none of', async () => {
  const said = async (...argv: string[]) => stripVTControlCharacters((await run(...argv)).err);
  expect(await said('nope')).toContain("Unknown command 'nope'\n");
  expect(await said('list', '--nope')).toContain("Unknown option '--nope'\n");
  expect(await said('bulid')).toContain("'bulid'. Did you mean build");
  expect(await said('list', '--tols')).toContain("'--tols'. Did you mean --tools?");
});

it('every command has help with examples, also behind the options of all', async () => {
  const { out } = await run('--help');
  const names = [...out.matchAll(/^ {2}([a-z][a-z-]*)[| ]/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(20);
  for (const name of names.filter((each) => each !== 'help')) {
    const help = await run(name, '--help');
    expect([help.exit, help.out]).toEqual([0, expect.stringContaining('Examples:\n  $ ')]);
    expect(help.out).toMatch(new RegExp(`^Usage: hub ${name}\\b`));
    expect(await run('--home', '.', '--json', name, '--help')).toEqual(help);
  }
});

it('a group without a verb says which verbs there are', async () => {
  const { exit, err } = await run('providers');
  expect(exit).toBe(2);
  expect(stripVTControlCharacters(err)).toContain(
    'A verb is missing: list, test.\n  → Run npx hub providers --help.',
  );
});

describe('what is proposed', () => {
  const words = (text: string): string => stripVTControlCharacters(text).replaceAll(/\s+/g, ' ');

  it.each([
    [['--home', '.', 'lsit'], 'npx hub --home . --help'],
    [['--home', '.', 'providers'], 'npx hub --home . providers --help'],
    [['providers', '--home=.'], 'npx hub --home . providers --help'],
    [['memory', 'add'], 'Run npx hub memory add --help'],
    [['providers'], 'Run npx hub providers --help'],
    [['providers', '--', '--home', '.'], 'Run npx hub providers --help'],
  ])('after %j works for the home that was named', async (argv, line) => {
    const { err } = await run(...argv);
    expect(words(err)).toContain(line);
  });

  it('is quoted where the folder has blanks, in results and in remarks', () => {
    const { io, said } = terminal(Number.POSITIVE_INFINITY);
    const home = mkdtempSync(join(tmpdir(), 'a home '));
    try {
      const context = createContext(io, { json: false, home }, AbortSignal.abort());
      context.result({}, () => 'see `hub list` and `hub.config.json`');
      context.note('`hub start`');
      const line = `npx hub --home "${home}"`;
      expect(words(said.out)).toBe(`see ${line} list and hub.config.json `);
      expect(words(said.err)).toBe(`${line} start `);
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});

describe('a context', () => {
  const text = `${'many words '.repeat(9)}with \`hub status\` at the end`;

  it('breaks a result where the terminal ends, with its commands as they are typed', () => {
    const { io, said } = terminal();
    createContext(io, { json: false }, AbortSignal.abort()).result({}, () => text);
    expect(widest(said.out)).toBeLessThanOrEqual(WIDTH);
    expect(stripVTControlCharacters(said.out).replaceAll('\n', ' ')).toContain('with npx hub status at');
  });

  it('leaves the words of others as they stand', () => {
    const { io, said } = terminal();
    createContext(io, { json: false }, AbortSignal.abort()).quote({}, () => text);
    expect(said.out).toBe(`${text}\n`);
  });

  it('lets nothing steer a terminal, and a file have every character', () => {
    const steering = 'gone\u001b[2J';
    const saidBy = (width: number, json: boolean): string[] => {
      const { io, said } = terminal(width);
      const context = createContext(io, { json }, AbortSignal.abort());
      context.result({ steering }, () => steering);
      context.quote({ steering }, () => steering);
      context.tell(steering);
      context.note(steering);
      return [said.out, said.err];
    };
    for (const said of [...saidBy(WIDTH, false), ...saidBy(WIDTH, true)])
      expect([said.includes('gone'), said.includes('\u001b[2J')]).toEqual([true, false]);
    expect(saidBy(Number.POSITIVE_INFINITY, false)[0]).toBe(`${steering}\n${steering}\n`);
  });
});
