import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { LoopSummary, VersionList, type LoopDetail } from '@counterpart/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rested } from '../fixtures/builds.ts';
import { HUB_PROGRAM, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { plan, VOWEL_PLAN, vowelServer } from '../fixtures/models/answers.ts';

let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let programs: string;

beforeAll(async () => {
  // A machine with Git, and with neither bubblewrap nor an engine.
  programs = mkdtempSync(join(tmpdir(), 'programs-'));
  const git = (process.env['PATH'] ?? '').split(delimiter).find((folder) => existsSync(join(folder, 'git')));
  symlinkSync(join(git ?? '', 'git'), join(programs, 'git'));
  place = makeHome();
  hub = await startHub(place.home, { PATH: programs, DOCKER_HOST: `unix://${join(programs, 'none.sock')}` });
});

afterAll(async () => {
  await hub.stop();
  place.remove();
  rmSync(programs, { recursive: true });
});

const begun = (order: object): Promise<LoopDetail> =>
  rested(hub, async () => LoopSummary.parse((await hub.send('POST', '/api/builds', order)).body).id);
const answered = (build: string, text: string) =>
  rested(hub, async () => {
    await hub.send('POST', `/api/builds/${build}/answer`, { text });
    return build;
  });

test('without a sandbox nothing that was written is run, unless a person said so; and that is seen ever after', async () => {
  const order = { text: 'Count vowels for me', author: 'person' };
  const stopped = await begun(order);
  // Before anybody was asked for work that nothing could come of.
  expect(stopped).toMatchObject({ state: 'failed', stage: 'intake', asked: [] });
  expect(stopped.problem).toMatch(/no sandbox for it: .*bubblewrap is not installed/);

  const { id: unsafe } = await begun({ ...order, unsafeLocal: true });
  await answered(unsafe, plan(VOWEL_PLAN));
  const waiting = await answered(unsafe, vowelServer());
  expect(waiting).toMatchObject({
    waitsFor: 'approval',
    sheet: { tests: { sandbox: 'no sandbox (--unsafe-local)', unsafeLocal: true } },
  });
  const args = ['builds', 'show', '--home', place.home, unsafe];
  const { stdout } = spawnSync(process.execPath, [HUB_PROGRAM, ...args], { encoding: 'utf8' });
  expect(stdout).toContain('UNSAFE: this code ran on this machine without a sandbox');
  await rested(hub, async () => {
    const decision = { decision: 'approve', hash: waiting.sheet?.hash };
    await hub.send('POST', `/api/builds/${unsafe}/decide`, decision);
    return unsafe;
  });
  const listed = ['versions', '--home', place.home, 'vowels', '--json'];
  const versions = spawnSync(process.execPath, [HUB_PROGRAM, ...listed], { encoding: 'utf8' });
  expect(VersionList.parse(JSON.parse(versions.stdout)).versions[0]).toMatchObject({ unsafeLocal: true });
}, 600_000);
