import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildReport } from '@counterpart/schemas/builds/build';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestHome, type Ran, type TestHome } from './cli-runner.ts';

let place: TestHome;
let from: string;

const answer = {
  200: { description: 'ok', content: { 'application/json': { schema: { type: 'object' } } } },
};
const get = (tag: string, operationId: string) => ({ get: { tags: [tag], operationId, responses: answer } });

beforeEach(() => {
  place = createTestHome();
  from = place.write(
    'desk.json',
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Desk', version: '1' },
      servers: [{ url: 'https://desk.example.test' }],
      paths: {
        '/issues': get('issues', 'listIssues'),
        '/issues/closed': get('issues', 'listClosedIssues'),
        '/pulls': get('pulls', 'listPulls'),
        '/teams': get('teams', 'listTeams'),
      },
    }),
  );
});
afterEach(() => place.dispose());

const build = (...args: string[]): Promise<Ran> =>
  place.run(['build', '--from', from, '--name', 'desk', '--json', ...args]);

const kept = (): unknown =>
  (
    JSON.parse(readFileSync(join(place.home, 'servers', 'desk', 'blueprint.json'), 'utf8')) as {
      source: { include?: unknown };
    }
  ).source.include;

test('a part is built from words, with what each group costs, and the next build remembers it until all is asked for', async () => {
  const first = (await build('--select', 'only issues and pull requests')).json(BuildReport);
  expect(first.tools).toEqual(['list_issues', 'list_closed_issues', 'list_pulls']);
  expect(first.groups?.map(({ name, operations, selected }) => [name, operations, selected])).toEqual([
    ['issues', 2, 2],
    ['pulls', 1, 1],
    ['teams', 1, 0],
  ]);
  expect(first.groups?.every(({ tokens }) => tokens > 20)).toBe(true);
  expect(kept()).toEqual(['issues', 'pulls']);
  const again = (await build()).json(BuildReport);
  expect([again.outcome, again.tools]).toEqual(['unchanged', first.tools]);
  const whole = (await build('--all')).json(BuildReport);
  expect(whole.tools).toContain('list_teams');
  expect(kept()).toBeUndefined();
});

test('tags and paths are left out, and the number of tools is bounded', async () => {
  expect(
    (await build('--exclude', 'teams', '-x', '/issues/closed', '--dry-run')).json(BuildReport).tools,
  ).toEqual(['list_issues', 'list_pulls']);
  expect((await build('--max-tools', '1', '--dry-run')).json(BuildReport).tools).toHaveLength(1);
});

test('words that mean nothing here are refused with the groups there are, and nothing is written', async () => {
  const refused = await place.run(['build', '--from', from, '--select', 'invoices']);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain('issues (2), pulls (1), teams (1)');
  expect(existsSync(join(place.home, 'servers', 'desk'))).toBe(false);
});

test('a dry run shows the groups of a large service with their size', async () => {
  const paths = Array.from(
    { length: 120 },
    (_, n) => [`/a${n}`, get(n % 2 === 0 ? 'even' : 'odd', `op${n}`)] as const,
  );
  const document = JSON.parse(readFileSync(from, 'utf8')) as object;
  writeFileSync(from, JSON.stringify({ ...document, paths: Object.fromEntries(paths) }));
  const { stdout } = await place.run(['build', '--from', from, '--dry-run']);
  expect(stdout).toMatch(/Groups\n {2}even +60 +~[\d,]+ tokens\n {2}odd +60 +~[\d,]+ tokens/);
});
