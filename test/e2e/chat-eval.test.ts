import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EvalReport } from '@counterpart/schemas/chat/eval';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHub, type TestHub } from '../fixtures/hub.ts';
import { ROOT } from '../guards/proofs-reporter.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

const SERVERS = ['museum', 'notion', 'pokeapi', 'stripe'];
let home: TestHome;
let hub: TestHub;

beforeAll(async () => {
  home = createTestHome({ overrides: Object.fromEntries(SERVERS.map((id) => [id, { target: 'mirror' }])) });
  for (const id of SERVERS)
    cpSync(join(ROOT, 'servers', id), join(home.home, 'servers', id), { recursive: true });
  hub = await startHub(home.home);
}, 120_000);

afterAll(async () => {
  await hub.stop();
  await home.dispose();
});

test('the checked-in questions are answered with the right tools and arguments, without any model', async () => {
  verifies('K02');
  const ran = await home.run([
    'eval',
    'run',
    join(ROOT, 'test/eval/examples.jsonl'),
    '--min-recall',
    '0.95',
    '--json',
  ]);
  const report = ran.json(EvalReport);
  console.log(
    `tools ${report.toolPrecision?.toFixed(3)} / ${report.toolRecall?.toFixed(3)}, arguments ${report.argumentAccuracy?.toFixed(3)}`,
  );
  expect(ran.code).toBe(0);
  expect(report).toMatchObject({ cases: 100, failed: 0, costUsd: 0 });
  expect(report.toolPrecision).toBeGreaterThanOrEqual(0.95);
  expect(report.argumentAccuracy).toBeGreaterThanOrEqual(0.95);
  expect(report.results.every(({ model }) => model === undefined || model === 'hub/rules')).toBe(true);
}, 240_000);

test('a file that is none of questions is told by its line', async () => {
  const file = join(home.home, 'broken.jsonl');
  writeFileSync(file, '{"messages":[{"role":"user","content":"hi"}]}\n{"messages":[]}\n');
  const ran = await home.run(['eval', 'run', file]);
  expect([ran.code, ran.stderr]).toEqual([4, expect.stringContaining('broken.jsonl:2')]);
});
