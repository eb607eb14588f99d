import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { rested } from '../fixtures/builds.ts';
import { ROOT } from '../guards/proofs-reporter.ts';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { connectSdk } from '../fixtures/gateway/sdk-clients.ts';
import { verifies } from '../verifies.ts';
import { GOOD_TEST, GOOD_TOOL, VOWEL_PLAN, WRONG_RESULT } from '../fixtures/models/answers.ts';

let place: ReturnType<typeof makeHome>;
let hub: TestHub;

beforeAll(async () => {
  place = makeHome({ builder: { tools: true } });
  hub = await startHub(place.home);
});

afterAll(async () => {
  await hub.stop();
  place.remove();
});

const Told = z.looseObject({
  build: z.string(),
  state: z.string(),
  passed: z.boolean().optional(),
  instructions: z.string().optional(),
  material: z.string().optional(),
  next: z.string(),
  sheet: z.looseObject({ hash: z.string() }).optional(),
});
const call = async (tool: string, args: object): Promise<z.infer<typeof Told>> => {
  const { structuredContent } = await hub.rpc('tools/call', { name: `hub__${tool}`, arguments: args });
  return Told.parse(structuredContent);
};
/** What is told of files once they are read and tested, which may take longer than a call waits. */
async function write(build: string, written: readonly object[]): Promise<z.infer<typeof Told>> {
  await rested(hub, async () => (await call('build_write', { build, files: written })).build);
  return await call('build_status', { build });
}
const files = (tool: string) => [
  { path: 'src/tools/count-vowels.ts', text: tool },
  { path: 'test/count-vowels.test.ts', text: GOOD_TEST },
];

test('the model of a client builds a server alone, without a provider, and a person approves it', async () => {
  verifies('B04', 'C09', 'C13', 'D02', 'D06');
  const session = await connectSdk('legacy', `${hub.url}/mcp`);
  const begun = await call('build_start', { wish: 'Count vowels for me', ...VOWEL_PLAN });
  expect(begun.instructions).toContain('You write the tools of an MCP server');
  expect(begun.next).toContain('build_write');
  const { build } = begun;
  const wrong = await write(build, files(WRONG_RESULT));
  expect(wrong).toMatchObject({ passed: false, state: 'waiting' });
  expect(wrong.material).toContain('vowels are counted in either case');
  const right = await write(build, files(GOOD_TOOL));
  expect(right).toMatchObject({ passed: true, state: 'waiting' });
  const { sheet } = await call('build_submit', { build });
  expect(sheet).toMatchObject({ server: 'vowels', author: { kind: 'client', repairs: 1 } });
  expect(existsSync(join(place.home, 'servers', 'vowels'))).toBe(false);

  const done = await rested(hub, async () => {
    await hub.send('POST', `/api/builds/${build}/decide`, { decision: 'approve', hash: sheet?.hash });
    return build;
  });
  expect(done.state).toBe('installed');
  // The session that built it learns of it, and calls it.
  await expect.poll(() => session.heard.toolChanges.length).toBeGreaterThan(0);
  expect(await session.call('vowels__count_vowels', { text: 'Otto' })).toMatchObject({
    structuredContent: { vowels: 2 },
  });
  await session.close();
  const metrics = await (await fetch(`${hub.url}/metrics`)).text();
  expect(metrics).toContain('hub_server_calls_total{server="vowels",tool="count_vowels",outcome="ok"} 1');
  const listed = await hub.rpc('tools/call', { name: 'hub__server_list', arguments: {} });
  expect(listed['structuredContent']).toMatchObject({
    servers: [{ id: 'vowels', enabled: true, tools: 1, missingSecrets: [] }],
  });
  const { structuredContent } = await hub.rpc('tools/call', {
    name: 'vowels__count_vowels',
    arguments: { text: 'Eerie' },
  });
  expect(structuredContent).toEqual({ vowels: 4 });
}, 300_000);

test('an answer out of turn and a build that is none are told to the model in words', async () => {
  const refused = await hub.rpc('tools/call', {
    name: 'hub__build_write',
    arguments: { build: 'b-0000000000', files: files(GOOD_TOOL) },
  });
  expect(refused['isError']).toBe(true);
  expect(JSON.stringify(refused['content'])).toContain('There is no build b-0000000000');
});

const EXAMPLE = join(ROOT, 'hub/src/builds/prompts/examples/code/sum-readings');
const METER_PLAN = {
  kind: 'code',
  name: 'meter',
  title: 'Meter',
  summary: 'Sums the readings of a meter by month.',
};

test('a client hands in a file: its author sees how it looks, the person where it is read, and the server what is in it', async () => {
  const text = 'Date,kWh\n2026-03-01,12.5\n2026-03-02,7\n';
  const begun = await call('build_start', {
    wish: 'Sum my meter',
    ...METER_PLAN,
    files: [{ name: 'meter.csv', text }],
  });
  expect(begun.material).toMatch(/METER_SOURCE: one file, meter\.csv[^]*Date,kWh\s+9999-99-99,99\.9/);
  expect(begun.material).not.toContain('12.5');
  const { build } = begun;
  const written = ['src/readings.ts', 'src/tools/sum-readings.ts', 'test/sum-readings.test.ts'].map(
    (path) => ({
      path,
      text: readFileSync(join(EXAMPLE, path), 'utf8'),
    }),
  );
  expect(await write(build, written)).toMatchObject({ passed: true });
  const { sheet } = await call('build_submit', { build });
  const path = join(place.home, '.hub', 'builds', build, 'given', 'meter.csv');
  expect(sheet?.['config']).toMatchObject([{ name: 'METER_SOURCE', default: path }]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await rested(hub, async () => {
    await hub.send('POST', `/api/builds/${build}/decide`, { decision: 'approve', hash: sheet?.hash });
    return build;
  });
  const { structuredContent } = await hub.rpc('tools/call', { name: 'meter__sum_readings', arguments: {} });
  expect(structuredContent).toEqual({ months: [{ month: '2026-03', kwh: 19.5 }] });

  for (const files of [
    [{ name: '../../token', text: 'x' }],
    [{ name: '/etc/passwd' }],
    [{ name: 'a.csv', path: '/etc/passwd' }],
  ]) {
    const refused = await hub.rpc('tools/call', {
      name: 'hub__build_start',
      arguments: { wish: 'Read it', ...METER_PLAN, files },
    });
    expect(refused['isError']).toBe(true);
  }
}, 300_000);
