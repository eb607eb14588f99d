import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { allCommands } from '../hub/src/cli/commands/all.ts';
import { createProgram } from '../hub/src/cli/program.ts';
import { expect, test } from 'vitest';
import { commandsIn, misunderstood } from './guards/documented-commands.ts';
import { ROOT } from './guards/proofs-reporter.ts';

const pages = globSync(['*.md', 'docs/**/*.md', 'test/**/README.md'], {
  cwd: ROOT,
  exclude: (path) => path.includes('node_modules'),
}).map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));

/** How a heading is named in an address, as GitHub does it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

test('every link between documents leads to a file and a heading that are there', () => {
  const broken = pages.flatMap(({ file, text }) =>
    [...text.matchAll(/\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(([link, path = '', anchor]) => {
      const target = path === '' ? file : join(dirname(file), path);
      if (!existsSync(join(ROOT, target))) return [`${file}: ${link}`];
      if (anchor === undefined || !target.endsWith('.md')) return [];
      const anchors = anchorsOf(readFileSync(join(ROOT, target), 'utf8'));
      return anchors.includes(anchor) ? [] : [`${file}: ${link}`];
    }),
  );
  expect(broken).toEqual([]);
});

test('every place in the code that the guides name is there', () => {
  const missing = pages
    .filter(({ file }) => ['AGENTS.md', 'CONTRIBUTING.md', 'docs/code.md'].includes(file))
    .flatMap(({ file, text }) =>
      [...text.matchAll(/`((?:hub|schemas|scaffolds|clients|test|docs)\/[^`\s<{*]*)`/g)]
        .map(([, path = '']) => path)
        .filter((path) => !existsSync(join(ROOT, path)))
        .map((path) => `${file}: ${path}`),
    );
  expect(missing).toEqual([]);
});

const program = createProgram(allCommands, { version: '0.0.0', width: 80 }, () => Promise.resolve());
/** Decisions tell what was decided then, not what is. */
const current = pages.filter(({ file }) => !file.startsWith('docs/decisions/'));

test('every command and option that a document names is one of hub’s', () => {
  const shown = current.flatMap(({ file, text }) => commandsIn(text).map((one) => ({ file, ...one })));
  expect(shown.length).toBeGreaterThan(100);
  const wrong = shown.flatMap(({ file, ...one }) => {
    const problem = misunderstood(one, program);
    return problem === undefined ? [] : [`${file}:${one.line}: ${problem}`];
  });
  expect(wrong).toEqual([]);
});

test('every script that a document names is one of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
    readonly scripts: Record<string, string>;
  };
  const named = current.flatMap(({ file, text }) =>
    [...text.matchAll(/\bnpm run ([a-z][a-z:-]*[a-z])/g)].map(([, script = '']) => ({ file, script })),
  );
  expect(named.filter(({ script }) => !(script in scripts))).toEqual([]);
});

test('the guard tells a command that is none, and an option that a command has not', () => {
  const text = [
    '`hub builds approve b-1`, `hub builds aprove b-1`',
    '```',
    '$ hub bild x',
    'hub list --tols   what it has',
    '```',
  ].join('\n');
  expect(commandsIn(text).map((one) => misunderstood(one, program))).toEqual([
    undefined,
    'there is no command aprove of builds',
    'there is no command bild of hub',
    'list has no option --tols',
  ]);
});
