import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoopDetail, LoopSummary } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { rested } from '../fixtures/builds.ts';
import { eventually, makeHome, startHub } from '../fixtures/hub.ts';
import { plan, VOWEL_PLAN } from '../fixtures/models/answers.ts';
import { startScriptedModel } from '../fixtures/models/scripted-model.ts';

const SHOP = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  servers: [{ url: 'https://shop.test' }],
  paths: {
    '/items': {
      get: {
        operationId: 'list_items',
        summary: 'Lists all items.',
        responses: {
          200: { description: 'They.', content: { 'application/json': { schema: { type: 'array' } } } },
        },
      },
    },
  },
};

test('builds whose model takes its time keep no other build from its work', async () => {
  const answer = Promise.withResolvers<string>();
  const model = await startScriptedModel(() => answer.promise);
  const place = makeHome({
    providers: { scripted: { baseUrl: model.url, model: 'scripted-1', apiKey: 'none', retries: 0 } },
  });
  const hub = await startHub(place.home);
  const start = async (order: object): Promise<string> =>
    LoopSummary.parse((await hub.send('POST', '/api/builds', order)).body).id;
  const stateOf = async (id: string) => LoopDetail.parse(await hub.get(`/api/builds/${id}`)).state;
  const slow = [await start({ text: 'Count vowels' }), await start({ text: 'Count them again' })];
  await eventually(() => model.asked.length === 2, 60_000);

  const from = join(place.home, 'shop.json');
  writeFileSync(from, JSON.stringify(SHOP));
  const quick = await rested(hub, () => start({ text: 'The shop', from }));
  expect(quick).toMatchObject({ waitsFor: 'approval', sheet: { kind: 'description' } });
  expect(await Promise.all(slow.map(stateOf))).not.toContain('waiting');

  answer.resolve(plan({ ...VOWEL_PLAN, kind: 'none' }));
  await eventually(
    async () => (await Promise.all(slow.map(stateOf))).every((state) => state === 'failed'),
    60_000,
  );
  await hub.stop();
  await model.close();
  place.remove();
}, 300_000);
