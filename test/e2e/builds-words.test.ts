import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LoopSummary, type LoopDetail } from '@counterpart/schemas';
import { EventPage } from '@counterpart/schemas/hub/api';
import { z } from 'zod';
import { rested } from '../fixtures/builds.ts';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import {
  CLASH_PLAN,
  clashRoyale,
  plan,
  READS_FILES,
  VOWEL_PLAN,
  vowelServer,
  WRONG_RESULT,
  WRONG_TYPES,
} from '../fixtures/models/answers.ts';
import { startScriptedModel, type ScriptedModel } from '../fixtures/models/scripted-model.ts';
import { startClashService, type ClashService } from '../fixtures/walks/clash-service.ts';
import { verifies } from '../verifies.ts';

/** Four rounds of types and tests. */
const LONG_MS = 300_000;
const KEY = 'provider-key-that-nobody-may-see';
const GAME_KEY = 'key-of-the-developer-page';
let model: ScriptedModel;
let game: ClashService;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;

beforeAll(async () => {
  model = await startScriptedModel();
  const scripted = { baseUrl: model.url, model: 'scripted-1', apiKey: '${MODEL_KEY}', retries: 0 };
  place = makeHome({ providers: { scripted } });
  game = await startClashService(GAME_KEY);
  hub = await startHub(place.home, { MODEL_KEY: KEY, CLASH_ROYALE_BASE_URL: game.url });
});

afterAll(async () => {
  await hub.stop();
  place.remove();
  await game.close();
  await model.close();
});

/** Begins a build, and what became of it when it rests. */
const build = (text: string): Promise<LoopDetail> =>
  rested(hub, async () => LoopSummary.parse((await hub.send('POST', '/api/builds', { text })).body).id);
const after = (id: string, verb: string, body: object = {}): Promise<LoopDetail> =>
  rested(hub, async () => {
    expect(await hub.send('POST', `/api/builds/${id}/${verb}`, body)).toMatchObject({ status: 200 });
    return id;
  });
const decide = ({ id, sheet }: LoopDetail, decision: 'approve' | 'reject'): Promise<LoopDetail> =>
  after(id, 'decide', { decision, hash: sheet?.hash });
const installed = (server: string): boolean => existsSync(join(place.home, 'servers', server));

test(
  'a sentence becomes a server that was tested behind walls, approved, installed, and answers',
  async () => {
    verifies('B01', 'M01', 'M13');
    model.say(plan(CLASH_PLAN), clashRoyale);
    const built = await build('Build me a Clash Royale stats tracker');
    expect(built).toMatchObject({
      waitsFor: 'approval',
      server: 'clash-royale',
      sheet: {
        kind: 'blueprint',
        hosts: ['api.clashroyale.com:443'],
        secrets: [{ name: 'CLASH_ROYALE_TOKEN', required: true }],
        author: { kind: 'model', model: 'scripted-1', repairs: 0, packs: ['plan@2', 'blueprint@2'] },
        cost: { calls: 2, inputTokens: 200, outputTokens: 100 },
      },
    });
    expect(built.sheet?.tools.map(({ name, effect }) => `${name} ${effect}`)).toEqual([
      'get_player read',
      'list_battles read',
      'get_clan read',
      'list_cards read',
    ]);
    expect(built.sheet?.tests.passed).toBeGreaterThan(5);
    expect(installed('clash-royale')).toBe(false);
    expect(model.asked[0]?.authorization).toBe(`Bearer ${KEY}`);
    expect(model.asked[0]?.prompt).toContain('Build me a Clash Royale stats tracker');

    expect(await decide(built, 'approve')).toMatchObject({ waitsFor: 'secrets', server: 'clash-royale' });
    expect(installed('clash-royale')).toBe(true);
    const done = await rested(hub, async () => {
      await hub.send('PUT', '/api/secrets/CLASH_ROYALE_TOKEN', { value: GAME_KEY });
      return built.id;
    });
    expect(done.state).toBe('installed');
    expect(done.steps.map(({ stage, state }) => `${stage} ${state}`).slice(-4)).toEqual([
      'install done',
      'credentials done',
      'probe done',
      'remember done',
    ]);
    // Tools that only read were tried with nothing, or with the tag that the description declares.
    verifies('D13');
    expect(done.steps.find(({ stage }) => stage === 'probe')?.detail).toBe(
      'list_cards answered; get_player answered; list_battles answered',
    );
    const call = async (tool: string, tag = '#2ABC'): Promise<unknown> =>
      (await hub.send('POST', '/api/call', { tool: `clash-royale__${tool}`, arguments: { tag } })).body;
    expect(await call('get_player')).toMatchObject({ structuredContent: { name: 'Ann', trophies: 6_543 } });
    expect(await call('list_battles')).toMatchObject({ structuredContent: { result: [{ type: 'PvP' }] } });
    expect(await call('get_clan', '#9PQ')).toMatchObject({ structuredContent: { members: 50 } });
    // One trace, from the wish over the questions to the signed record of what is installed.
    verifies('D17');
    const { trace = '' } = done.order;
    expect(trace).toMatch(/^[0-9a-f]{32}$/);
    expect(model.asked.map(({ traceparent }) => traceparent?.slice(3, 35))).toEqual([trace, trace]);
    const { events } = EventPage.parse(await hub.get('/api/events'));
    const ofBuild = events.flatMap((event) => (event.kind === 'build-changed' ? [event.trace] : []));
    expect(new Set(ofBuild)).toEqual(new Set([trace]));
    const [record = ''] = globSync(join(place.home, '.hub/versions/clash-royale/**/provenance.json'));
    const { payload } = z.object({ payload: z.base64() }).parse(JSON.parse(readFileSync(record, 'utf8')));
    expect(Buffer.from(payload, 'base64').toString()).toContain(`"trace":"${trace}"`);
    expect([...new Set(game.asked)].toSorted()).toEqual([
      '/cards 200',
      '/clans/%239PQ 200',
      '/players/%232ABC 200',
      '/players/%232ABC/battlelog 200',
    ]);
    await hub.send('POST', '/api/servers/clash-royale/target', { target: 'mirror' });
    const before = game.asked.length;
    expect(await call('get_player')).toMatchObject({ structuredContent: { tag: '#2ABC' } });
    expect(game.asked).toHaveLength(before);
  },
  LONG_MS,
);

test(
  'what a model gets wrong is told to it with place and rule until it is right',
  async () => {
    verifies('B11', 'M49');
    model.say(
      plan(VOWEL_PLAN),
      vowelServer({ tool: READS_FILES }),
      vowelServer({ tool: WRONG_TYPES }),
      vowelServer({ tool: WRONG_RESULT }),
      vowelServer(),
    );
    const before = model.asked.length;
    const built = await build('Count the vowels of any text');
    expect(built).toMatchObject({ waitsFor: 'approval', sheet: { kind: 'code', author: { repairs: 3 } } });
    const repairs = model.asked.slice(before + 2).map(({ prompt }) => prompt);
    expect(repairs[0]).toMatch(/src\/tools\/count-vowels\.ts:\d+:\d+ error import/);
    expect(repairs[1]).toMatch(/src\/tools\/count-vowels\.ts:\d+:\d+ error types: .*TS\d+/);
    expect(repairs[2]).toContain('vowels are counted in either case');
    expect((await decide(built, 'approve')).state).toBe('installed');
    const call = { tool: 'vowels__count_vowels', arguments: { text: 'Otto' } };
    expect((await hub.send('POST', '/api/call', call)).body).toMatchObject({
      structuredContent: { vowels: 2 },
    });
  },
  LONG_MS,
);

test(
  'a model that does not get it right in three repairs stops the build, which keeps everything',
  async () => {
    model.say(plan({ ...VOWEL_PLAN, name: 'hopeless' }), 'I am sorry, I cannot do that.');
    const failed = await build('Do something hopeless please');
    expect(failed.state).toBe('failed');
    expect(failed.problem).toContain('After 4 attempts');
    expect(existsSync(join(failed.folder, 'answers', '5.json'))).toBe(true);
    model.say(vowelServer());
    const again = await after(failed.id, 'retry');
    expect(again).toMatchObject({ waitsFor: 'approval', server: 'hopeless' });
    expect((await decide(again, 'reject')).state).toBe('rejected');
    expect(installed('hopeless')).toBe(false);
  },
  LONG_MS,
);

test.each([
  [
    'over quota',
    { status: 429, message: 'quota exceeded for today' },
    /takes no more questions now: .*quota exceeded/,
  ],
  ['down', { status: 503, message: 'maintenance' }, /does not answer: .*maintenance/],
  [
    'refusing the key',
    { status: 401, message: `bad key ${KEY}` },
    /wants another key: .*bad key \[redacted\]/,
  ],
])(
  'a model that is %s stops the build with its reason, and nothing is asked twice',
  async (_, answer, problem) => {
    const before = model.asked.length;
    model.say(plan({ ...VOWEL_PLAN, name: 'interrupted' }), answer);
    const stopped = await build('An interrupted thing');
    expect(stopped.problem).toMatch(problem);
    expect(JSON.stringify(stopped)).not.toContain(KEY);
    model.say('no code in here');
    await after(stopped.id, 'retry');
    const asked = model.asked.slice(before);
    expect(asked.filter(({ system }) => system.startsWith('You plan'))).toHaveLength(1);
  },
);
