import { execFile } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestHome, FIXTURE_SERVERS, HUB_BINARY, type TestHome } from './cli-runner.ts';

const run = promisify(execFile);
const OK = { command: process.execPath, args: [join(FIXTURE_SERVERS, 'ok.mjs')] };
const FLOW = 'nodes: { a: { code: return 1 } }\n';

let place: TestHome;
beforeEach(() => {
  place = createTestHome({ mcpServers: { 'ok-server': OK, other: OK } });
  place.write('home/flows/tidy-hours.yaml', FLOW);
  place.write('work/REPORT.txt', '');
});
afterEach(() => place.dispose());

const candidates = async (...words: string[]): Promise<string[]> =>
  (await place.run(['completion', 'bash', '--', ...words])).stdout.split('\n').filter((line) => line !== '');

test.each<readonly [words: string[], found: string[]]>([
  [['mirr'], ['mirror']],
  [['list', '--to'], ['--tools']],
  [['list', '--server', 'ok'], ['ok-server']],
  [['list', '--server=ok'], ['--server=ok-server']],
  [
    ['inspect', ''],
    ['ok-server', 'other'],
  ],
  [
    ['flow', 'ru'],
    ['run', 'runs'],
  ],
  [['flow', 'run', ''], ['tidy-hours']],
  [['flow', 'run', '--input', 'tidy-hours=1', 'ti'], ['tidy-hours']],
  [
    ['connect', 'claude-'],
    ['claude-desktop', 'claude-code'],
  ],
  [['--home', '/nowhere', 'inspect', ''], []],
  [['add', 'files', '--', 'li'], []],
])('what can follow %j is %j', async (words, found) => {
  expect(await candidates(...words)).toEqual(found);
});

test('names are those of the hub that runs: its tools, too, and those of the home that is typed', async () => {
  await place.run(['start', '--detach', '--port', '0']);
  expect(await candidates('call', 'ok-server__e')).toContain('ok-server__echo');
  const elsewhere = ['completion', 'bash', '--', '--home', place.home, 'inspect', 'oth'];
  expect((await place.run(elsewhere)).stdout).toBe('other\nother__echo\n');
});

/** A folder with `hub` in it, before all that is on the path. */
function path(): string {
  const folder = join(place.home, 'bin');
  place.write('home/bin/.keep', '');
  if (!existsSync(join(folder, 'hub'))) symlinkSync(HUB_BINARY, join(folder, 'hub'));
  return [folder, process.env['PATH'] ?? ''].join(delimiter);
}

const shell = async (program: string, script: string, flags: string[] = []): Promise<string> => {
  const env = { ...process.env, PATH: path(), HUB_HOME: place.home };
  return (await run(program, [...flags, '-c', script], { cwd: place.path('work'), env })).stdout;
};

test('bash completes with the script, also behind = and what it must not run', async () => {
  const complete = (...words: string[]) =>
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _counterpart_hub; echo "\${COMPREPLY[*]}"; `;
  const answer = await shell(
    'bash',
    `set -e; source <(hub completion bash); ${complete('hub', 'mirr')}${complete('hub', 'list', '--server', '=', 'ok')}${complete('hub', 'inspect', '"$(touch ran)"')}`,
    ['--norc'],
  );
  expect(answer).toBe('mirror\nok-server\n\n');
  expect(existsSync(place.path('work/ran'))).toBe(false);
});

test.skipIf(!existsSync('/usr/bin/fish'))(
  'fish completes names with what they mean, and files elsewhere',
  async () => {
    const answer = await shell(
      'fish',
      'hub completion fish | source; complete -C "hub mirr"; complete -C "hub list --server ok"; complete -C "hub build --from REP"',
    );
    expect(answer).toBe(
      'mirror\tServe a simulation of a service, record and replay the real one\nok-server\nREPORT.txt\n',
    );
  },
);

test.skipIf(!existsSync('/usr/bin/zsh'))(
  'zsh reads the script, and asks with the words as they are meant',
  async () => {
    const answer = await shell(
      'zsh',
      'compdef() { }; source <(hub completion zsh); _describe() { print -rl -- "${(@P)2}"; }; _files() { print files; }; words=(hub list --server ok); CURRENT=4; _counterpart_hub; words=(hub build --from REP); _counterpart_hub',
      ['-f'],
    );
    expect(answer).toBe('ok-server\nfiles\n');
  },
);
