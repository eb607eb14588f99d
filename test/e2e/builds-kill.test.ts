import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LoopSummary, type LoopStage } from '@counterpart/schemas';
import { eventOf, rested } from '../fixtures/builds.ts';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { plan, VOWEL_PLAN, vowelServer, WRONG_RESULT } from '../fixtures/models/answers.ts';
import { startScriptedModel, type ScriptedModel } from '../fixtures/models/scripted-model.ts';

const isPlan = (system: string): boolean => system.startsWith('You plan');
const isRepair = (system: string): boolean => system.includes('does not pass yet');
let model: ScriptedModel;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;

beforeAll(async () => {
  // A question that was in flight when the hub was killed is asked again: what is said depends on the question alone.
  model = await startScriptedModel(({ system }) => {
    if (isPlan(system)) return plan(VOWEL_PLAN);
    return vowelServer(isRepair(system) ? {} : { tool: WRONG_RESULT });
  });
  place = makeHome({ providers: { scripted: { baseUrl: model.url, model: 'scripted-1', retries: 0 } } });
  hub = await startHub(place.home);
});

afterAll(async () => {
  await hub.stop();
  place.remove();
  await model.close();
});

/** Kills the hub as soon as the build is in this stage, and starts another one. */
async function killAt(id: string, stage: LoopStage, round: number): Promise<void> {
  await eventOf(hub, (event) => event.build === id && event.stage === stage && (event.round ?? 0) === round);
  await hub.kill();
  hub = await startHub(place.home);
}

const BEFORE_DECISION: readonly (readonly [LoopStage, number])[] = [
  ['intake', 0],
  ['research', 0],
  ['write', 0],
  ['check', 0],
  ['test', 0],
  ['write', 1],
  ['test', 1],
];

test('a build goes on after kill -9 in every stage, and nothing that was done is done again', async () => {
  const { body } = await hub.send('POST', '/api/builds', { text: 'Count the vowels of any text' });
  const { id } = LoopSummary.parse(body);
  for (const [stage, round] of BEFORE_DECISION) await killAt(id, stage, round);
  const waiting = await rested(hub, () => Promise.resolve(id));
  expect(waiting).toMatchObject({ waitsFor: 'approval', sheet: { author: { repairs: 1 } } });
  const asked = model.asked.map(({ system }) => system);
  const [plans, repairs] = [asked.filter(isPlan).length, asked.filter(isRepair).length];
  const times = { plans, repairs, drafts: asked.length - plans - repairs };
  // A question is asked once, and again for each kill it was in flight at: the one told of its stage, and the one before
  // when the build was quicker than the signal. What was answered before a later kill is not asked again.
  for (const count of Object.values(times)) {
    expect(count).toBeGreaterThanOrEqual(1);
    expect(count).toBeLessThanOrEqual(3);
  }

  await hub.kill();
  hub = await startHub(place.home);
  expect(existsSync(join(place.home, 'servers', 'vowels'))).toBe(false);
  await hub.send('POST', `/api/builds/${id}/decide`, { decision: 'approve', hash: waiting.sheet?.hash });
  await killAt(id, 'install', 0);
  const done = await rested(hub, () => Promise.resolve(id));
  expect(done.state).toBe('installed');
  expect(done.sheet?.hash).toBe(waiting.sheet?.hash);
  const call = { tool: 'vowels__count_vowels', arguments: { text: 'Otto' } };
  expect((await hub.send('POST', '/api/call', call)).body).toMatchObject({
    structuredContent: { vowels: 2 },
  });
}, 300_000);
