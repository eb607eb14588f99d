import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { LoopPlan, QuestionKind } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { readCode, readDocument } from '../author/read-answer.ts';
import { scanCode } from '../../checks/scan.ts';
import { verifies } from '../../../../test/verifies.ts';
import { exampleNames, nearestExample, textOf } from './examples.ts';
import { renderPrompt, type PromptFacts } from './render.ts';

const wish = 'Compare the weather of cities with my API key';
const plan = LoopPlan.parse({
  kind: 'code',
  name: 'weather',
  title: 'Weather',
  summary: 'Weather of cities.',
});
const report = {
  round: 0,
  passed: false,
  diagnostics: [
    {
      file: 'src/tools/compare-weather.ts',
      line: 3,
      column: 1,
      rule: 'import',
      severity: 'error' as const,
      message: 'imports "node:fs", which is not allowed',
      fix: 'Take the text as an argument.',
    },
  ],
};
const CASES: readonly (readonly [name: string, facts: PromptFacts])[] = [
  ['plan', { kind: 'plan', wish, findings: ['The server museum is there already: opening hours'] }],
  ['blueprint', { kind: 'blueprint', wish, plan, findings: ['https://weather.example: no description'] }],
  ['code', { kind: 'code', wish, plan, files: ['CITIES_SOURCE: one file, cities.csv, 28 bytes'] }],
  ['repair', { kind: 'repair', repairs: 'code', wish, plan, before: '```ts src/tools/a.ts\n```', report }],
];

test.each(CASES)('the question %s reads as it was agreed on', async (name, facts) => {
  verifies('B05', 'M47');
  const { pack, system, prompt } = renderPrompt(facts);
  await expect(`${pack}\n\n${system}\n\n---\n\n${prompt}\n`).toMatchFileSnapshot(`./golden/${name}.md`);
});

/** What each version of a pack said. A changed text is a new version: builds and their records name it. */
const KNOWN: unknown = JSON.parse(readFileSync(new URL('./packs/known.json', import.meta.url), 'utf8'));

test('a pack whose text changes has a new version', () => {
  const packs = QuestionKind.options.map((kind) => {
    const text = readFileSync(new URL(`./packs/${kind}.md`, import.meta.url), 'utf8');
    const version = /^---\nversion: (\d+)\n/.exec(text)?.[1];
    return [`${kind}@${version}`, createHash('sha256').update(text).digest('hex').slice(0, 16)];
  });
  expect(KNOWN).toMatchObject(Object.fromEntries(packs));
});

test('what each question costs stands in docs/builds.md', () => {
  const docs = readFileSync('docs/builds.md', 'utf8');
  const rows = CASES.map(([, facts]) => {
    const { pack, system, tokens } = renderPrompt(facts);
    return `| \`${pack}\` | ${Math.ceil(system.length / 4)} | ${tokens} |`;
  });
  expect(rows.filter((row) => !docs.includes(row))).toEqual([]);
});

test('the example is the nearest to the wish, and the same for the same wish', () => {
  verifies('M48');
  expect(nearestExample('code', 'compare prices of several shops with my token').title).toMatch(/joined/);
  expect(nearestExample('code', 'convert temperatures').title).toMatch(/calculation/);
  expect(nearestExample('code', 'convert temperatures', 'files').title).toMatch(/files of a person/);
  expect(nearestExample('code', 'sum my exports', 'service').title).toMatch(/web service/);
  expect(nearestExample('code', 'xyzzy')).toEqual(nearestExample('code', 'plugh'));
});

test('every example is an answer that would be taken', () => {
  for (const name of exampleNames('code')) {
    const { files } = readCode(textOf('code', name));
    expect(files.length).toBeGreaterThan(1);
    expect(scanCode(files.map(({ path, text }) => ({ file: path, text })))).toEqual([]);
  }
  for (const name of exampleNames('blueprint'))
    expect(readDocument(textOf('blueprint', name))).toContain('openapi');
  expect(readdirSync(new URL('./golden', import.meta.url))).toHaveLength(CASES.length);
});
