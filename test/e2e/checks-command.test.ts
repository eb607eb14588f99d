import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { verifies } from '../verifies.ts';
import { createTestHome } from './cli-runner.ts';

const Report = z.looseObject({
  passed: z.boolean(),
  diagnostics: z.array(z.looseObject({ file: z.string(), line: z.int(), rule: z.string() })),
  tests: z
    .looseObject({ passed: z.int(), failures: z.array(z.looseObject({ test: z.string() })) })
    .optional(),
  sandbox: z.string().optional(),
});

test('code of somebody else is read first, tested inside the walls only if it passes, and never run outside', async () => {
  verifies('B06', 'B09');
  const place = createTestHome();
  await place.run(['create', 'words', '--template', 'plain']);
  const folder = join(place.home, 'servers/words');
  const check = async (...options: string[]) => {
    const { code, json } = await place.run(['check', 'words', '--json', ...options]);
    return { code, ...json(Report) };
  };

  const good = await check('--engine', 'bubblewrap');
  expect(good).toMatchObject({ code: 0, passed: true, diagnostics: [], tests: { failures: [] } });
  expect([good.tests?.passed ?? 0, good.sandbox]).toEqual([
    expect.toSatisfy((count: number) => count > 0),
    expect.stringContaining('bubblewrap'),
  ]);

  const program = join(folder, 'dist/server.js');
  writeFileSync(program, 'process.exit(9); // brought along, with a stamp that fits');
  expect(await check('--engine', 'bubblewrap')).toMatchObject({ passed: true });
  expect(readFileSync(program, 'utf8')).not.toContain('brought along');

  const testFile = join(folder, 'test/count-words.test.ts');
  const tests = readFileSync(testFile, 'utf8');
  writeFileSync(testFile, `${tests}\ntest('a test that fails', () => expect(1).toBe(2));\n`);
  expect(await check('--engine', 'bubblewrap')).toMatchObject({
    code: 6,
    passed: false,
    tests: { failures: [{ test: 'a test that fails' }] },
  });

  const canary = place.path('canary');
  const hostile = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(canary)}, process.env.HOME ?? '');\n`;
  writeFileSync(join(folder, 'src/tools/extra.ts'), hostile);
  const refused = await check();
  expect(refused).toMatchObject({
    code: 6,
    passed: false,
    diagnostics: [
      { file: 'src/tools/extra.ts', line: 1, rule: 'import' },
      { file: 'src/tools/extra.ts', line: 2, rule: 'environment' },
    ],
  });
  expect([refused.tests, existsSync(canary)]).toEqual([undefined, false]);

  const told = await place.run(['check', 'words', '--no-tests']);
  expect(told.stdout).toContain('src/tools/extra.ts:1:31 imports "node:fs", which is not allowed (import)');
  await place.dispose();
});

test('with no engine nothing is run, and the error says how to get one', async () => {
  const place = createTestHome();
  await place.run(['create', 'words', '--template', 'plain']);
  const without = { PATH: '/nowhere', DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const { code, stderr } = await place.run(['check', 'words'], { env: without });
  expect([code, stderr]).toEqual([
    5,
    expect.stringMatching(/SANDBOX_MISSING[^]*bubblewrap is not installed[^]*apt install/),
  ]);
  await place.dispose();
});
