import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DriftReport, LoopSummary, Notice, type HubEvent, type LoopDetail } from '@counterpart/schemas';
import { z } from 'zod';
import { firstEvent, rested } from '../fixtures/builds.ts';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { plan } from '../fixtures/models/answers.ts';
import { startScriptedModel, type ScriptedModel } from '../fixtures/models/scripted-model.ts';
import { verifies } from '../verifies.ts';

const LONG = { timeout: 300_000 };

/** A service as it is now: where players stand, and what they are given with. */
interface Form {
  readonly path: string;
  readonly score: string;
}

const DUEL_PLAN = {
  kind: 'blueprint',
  name: 'duels',
  title: 'Duels',
  summary: 'Players of the arena.',
};

let form: Form = { path: '/players', score: 'trophies' };
let service: Server;
let address = '';
const notices: Notice[] = [];
let model: ScriptedModel;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;

/** Its description, always that of today. */
const describe = ({ path, score }: Form) => ({
  openapi: '3.1.0',
  info: { title: 'Arena', version: '1' },
  servers: [{ url: address }],
  paths: {
    [`${path}/{tag}`]: {
      get: {
        operationId: 'get_player',
        summary: 'Gets a player.',
        parameters: [{ name: 'tag', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          200: {
            description: 'The player.',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['tag', score],
                  properties: { tag: { type: 'string' }, [score]: { type: 'integer' } },
                },
              },
            },
          },
        },
      },
    },
  },
});

function answer(url: string): unknown {
  if (url === '/openapi.json') return describe(form);
  const tag = url.startsWith(`${form.path}/`) ? url.slice(form.path.length + 1) : undefined;
  return tag === undefined ? undefined : { tag: decodeURIComponent(tag), [form.score]: 7 };
}

beforeAll(async () => {
  service = createServer((request, response) => {
    const url = request.url ?? '';
    if (url === '/notices') {
      void text(request).then((body) => {
        notices.push(Notice.parse(JSON.parse(body)));
        response.writeHead(204).end();
      });
      return;
    }
    const value = answer(url);
    response.writeHead(value === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value ?? { message: 'no such path' }));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(service.address() as AddressInfo).port}`; // It listens on TCP.
  model = await startScriptedModel();
  place = makeHome({
    notifications: { webhook: `${address}/notices` },
    providers: { scripted: { baseUrl: model.url, model: 'scripted-1', retries: 0 } },
  });
  hub = await startHub(place.home);
  const asked = await rested(hub, async () => {
    const order = { text: 'The arena', from: `${address}/openapi.json`, name: 'arena' };
    return LoopSummary.parse((await hub.send('POST', '/api/builds', order)).body).id;
  });
  const { state, problem } = await decide(asked, 'approve');
  expect({ state, problem }).toEqual({ state: 'installed', problem: undefined });
}, LONG.timeout);

afterAll(async () => {
  await hub.stop();
  place.remove();
  await model.close();
  service.closeAllConnections();
  await new Promise((resolve) => service.close(resolve));
});

const decide = ({ id, sheet }: LoopDetail, decision: 'approve' | 'reject'): Promise<LoopDetail> =>
  rested(hub, async () => {
    await hub.send('POST', `/api/builds/${id}/decide`, { decision, hash: sheet?.hash });
    return id;
  });
const getPlayer = async (): Promise<unknown> =>
  (await hub.send('POST', '/api/call', { tool: 'arena__get_player', arguments: { tag: '#2ABC' } })).body;
const at = (id: string): Promise<LoopDetail> => rested(hub, () => Promise.resolve(id));
const isDrift = (event: HubEvent): event is Extract<HubEvent, { kind: 'drift-found' }> =>
  event.kind === 'drift-found';

test(
  'calls that fail in a row lead to a proposal; the server stays as it is until somebody approves',
  LONG,
  async () => {
    verifies('E02');
    expect(await getPlayer()).toMatchObject({ structuredContent: { tag: '#2ABC', trophies: 7 } });
    form = { path: '/v2/players', score: 'cups' };
    for (let call = 0; call < 5; call += 1) expect(await getPlayer()).toMatchObject({ isError: true });
    const found = await firstEvent(hub, isDrift);
    expect(found).toMatchObject({
      server: 'arena',
      detail: 'get_player failed 5 times in a row (404: 5)',
    });
    const proposal = await at(found.build ?? '');
    expect(proposal).toMatchObject({ waitsFor: 'approval', sheet: { server: 'arena', kind: 'description' } });
    expect(proposal.order.seen).toContain('get_player: failed 5 times in a row (404: 5)');
    expect(proposal.sheet?.tests.passed).toBeGreaterThan(0);
    expect(proposal.sheet?.changes).toMatchObject([{ tool: 'get_player', kind: 'changed', breaking: true }]);
    // The call that failed was put to both versions before anybody was asked.
    expect(proposal.sheet?.canary).toEqual({
      calls: [{ tool: 'get_player', before: 'failed', now: 'answered' }],
    });
    expect(await getPlayer()).toMatchObject({ isError: true });

    expect((await decide(proposal, 'approve')).state).toBe('installed');
    expect(await getPlayer()).toMatchObject({ structuredContent: { tag: '#2ABC', cups: 7 } });
  },
);

test('a proposal that is rejected leaves the version in use, which goes on serving', LONG, async () => {
  form = { path: '/v2/players', score: 'points' };
  const drifted = DriftReport.parse((await hub.send('POST', '/api/drift/arena/check', {})).body);
  expect(drifted).toMatchObject({ verdict: 'drifted', changes: [{ tool: 'get_player', breaking: true }] });
  const { proposal = '' } = DriftReport.parse((await hub.send('POST', '/api/drift/arena/propose', {})).body);
  // Whoever asks again is shown the one that is there.
  const again = DriftReport.parse((await hub.send('POST', '/api/drift/arena/propose', {})).body);
  expect(again.proposal).toBe(proposal);
  const versionNow = async (): Promise<unknown> =>
    z.looseObject({ version: z.string() }).parse(await hub.get('/api/servers/arena')).version;
  const before = await versionNow();
  expect((await decide(await at(proposal), 'reject')).state).toBe('rejected');
  expect(await versionNow()).toBe(before);
  expect(await getPlayer()).toMatchObject({ structuredContent: { tag: '#2ABC' } });
});

test(
  'a server that a model drafted is mended by a model, and a draft that mends nothing is not offered',
  LONG,
  async () => {
    verifies('E02', 'L08', 'N27');
    const draft = (drawn: Form): string => JSON.stringify(describe(drawn));
    const first = { path: '/v2/players', score: 'points' };
    form = first;
    model.say(plan(DUEL_PLAN), draft(first));
    const built = await rested(hub, async () => {
      const order = { text: 'How players do in the arena' };
      return LoopSummary.parse((await hub.send('POST', '/api/builds', order)).body).id;
    });
    expect(await decide(built, 'approve')).toMatchObject({ state: 'installed' });
    const ask = async (): Promise<unknown> =>
      (await hub.send('POST', '/api/call', { tool: 'duels__get_player', arguments: { tag: '#9PQ' } })).body;
    expect(await ask()).toMatchObject({ structuredContent: { tag: '#9PQ', points: 7 } });

    form = { path: '/v3/players', score: 'points' };
    expect(await ask()).toMatchObject({ isError: true });
    const asked = model.asked.length;
    model.say(plan(DUEL_PLAN), draft(first), draft(form));
    const { proposal = '' } = DriftReport.parse(
      (await hub.send('POST', '/api/drift/duels/propose', {})).body,
    );
    const offered = await at(proposal);
    expect(offered).toMatchObject({
      waitsFor: 'approval',
      sheet: {
        author: { repairs: 1 },
        canary: { calls: [{ tool: 'get_player', before: 'failed', now: 'answered' }] },
      },
    });
    // The author of the first draft was told what became of it, and nothing of what was asked.
    const [, , repair] = model.asked.slice(asked);
    expect(repair?.prompt).toContain('get_player fails in both (status 404)');
    expect(repair?.prompt).not.toContain('#9PQ');
    expect(await ask()).toMatchObject({ isError: true });
    expect((await decide(offered, 'approve')).state).toBe('installed');
    expect(await ask()).toMatchObject({ structuredContent: { tag: '#9PQ', points: 7 } });
  },
);

test('whoever is elsewhere is told what waits for them, and what has changed', async () => {
  verifies('D12');
  await expect
    .poll(() => [...new Set(notices.map(({ kind }) => kind))].toSorted(), { timeout: 30_000 })
    .toEqual(['approval', 'drift', 'installed']);
  expect(notices.find(({ kind }) => kind === 'approval')).toMatchObject({
    server: 'arena',
    next: expect.stringContaining('hub builds approve b-') as string,
  });
});
