import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LoopSummary, type LoopDetail } from '@counterpart/schemas';
import { ToolEntry } from '@counterpart/schemas/hub/api';
import { z } from 'zod';
import { rested } from '../fixtures/builds.ts';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { writeHealthExport } from '../fixtures/walks/health-export.ts';

/**
 * The three walks with a real model. Nobody knows what it will call its tools: what is asked of it is that its server passes
 * all checks and tests, is installed, and answers.
 *
 *     WALK_BASE_URL=http://127.0.0.1:11434/v1 WALK_MODEL=qwen3-coder WALK_API_KEY=… npm run test:walks:real
 */
const { WALK_BASE_URL: baseUrl, WALK_MODEL: name, WALK_API_KEY: key } = process.env;
const HOUR = { timeout: 3_600_000 };
let place: ReturnType<typeof makeHome>;
let hub: TestHub;

describe.skipIf(baseUrl === undefined || name === undefined)('with a real model', () => {
  beforeAll(async () => {
    const real = {
      baseUrl,
      model: name,
      // A person may answer, too (`npm run models:bridge`).
      firstTokenTimeoutMs: 1_800_000,
      timeoutMs: 1_800_000,
      ...(key === undefined ? {} : { apiKey: '${WALK_API_KEY}' }),
    };
    place = makeHome({ providers: { real } });
    hub = await startHub(place.home);
  });

  afterAll(async () => {
    await hub.stop();
    place.remove();
  });

  test('Clash Royale: a server that answers as its mirror', HOUR, async () => {
    const { server = '' } = await installed(
      'Build me a Clash Royale stats tracker: players, clans and battle logs by tag',
    );
    await hub.send('POST', `/api/servers/${server}/target`, { target: 'mirror' });
    expect(await anyAnswer(server, { tag: '#2ABC', playerTag: '#2ABC', player_tag: '#2ABC' })).toBe(true);
  });

  test('Apple Watch: days of an export', HOUR, async () => {
    const file = join(place.home, 'export.xml');
    const { first, last } = await writeHealthExport(file, 3_000_000);
    const { server = '' } = await installed(
      'Steps, heart rate, sleep and energy of my Apple Watch, by day and week',
      [file],
    );
    expect(
      await anyAnswer(server, { from: first, to: last, start: first, end: last, date: first, day: first }),
    ).toBe(true);
  });

  test('CIBC: months of statements', HOUR, async () => {
    const folder = join(place.home, 'statements');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'a.csv'),
      '2024-01-15,TIM HORTONS,4.50,\n2024-01-15,TIM HORTONS,4.50,\n2024-01-31,PAYROLL,,3000.10\n',
    );
    writeFileSync(
      join(folder, 'b.csv'),
      'Transaction Date,Posted Date,Description,Amount\n01/15/2024,01/16/2024,TIM HORTONS,-4.50\n',
    );
    const { server = '' } = await installed(
      'Merge my CIBC statements without counting anything twice, sum months by category, and search',
      [folder],
    );
    expect(await anyAnswer(server, { month: '2024-01', year: 2024, query: 'tim', text: 'tim' })).toBe(true);
  });
});

async function installed(text: string, files: readonly string[] = []): Promise<LoopDetail> {
  const asked = await rested(
    hub,
    async () => LoopSummary.parse((await hub.send('POST', '/api/builds', { text, files })).body).id,
  );
  process.stdout.write(`${JSON.stringify({ ...asked, question: undefined }, undefined, 2)}\n`);
  expect(asked.waitsFor).toBe('approval');
  const act = (verb: string, body: object): Promise<LoopDetail> =>
    rested(hub, async () => {
      await hub.send('POST', `/api/builds/${asked.id}/${verb}`, body);
      return asked.id;
    });
  const done = await act('decide', { decision: 'approve', hash: asked.sheet?.hash });
  return done.waitsFor === 'secrets' ? await act('skip', {}) : done;
}

const Input = z.looseObject({ required: z.array(z.string()).default([]) });

/** Whether one tool answers that needs nothing but what is known here. */
async function anyAnswer(server: string, known: Readonly<Record<string, unknown>>): Promise<boolean> {
  const { tools } = z
    .object({ tools: z.array(ToolEntry) })
    .parse(await hub.get(`/api/tools?server=${server}`));
  for (const tool of tools) {
    const { required } = Input.parse(tool.definition.inputSchema);
    if (!required.every((key) => key in known)) continue;
    const args = Object.fromEntries(required.map((key) => [key, known[key]]));
    const { body } = await hub.send('POST', '/api/call', { tool: tool.name, arguments: args });
    process.stdout.write(`${tool.name}: ${JSON.stringify(body).slice(0, 2_000)}\n`);
    if (z.looseObject({ isError: z.literal(true) }).safeParse(body).success) continue;
    return true;
  }
  return false;
}
