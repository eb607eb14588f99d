import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LoopSummary, type LoopDetail } from '@counterpart/schemas';
import { ServerSummary } from '@counterpart/schemas/hub/api';
import { HookSummary } from '@counterpart/schemas/hub/hook';
import { z } from 'zod';
import { rested } from '../fixtures/builds.ts';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { plan } from '../fixtures/models/answers.ts';
import { startScriptedModel, type ScriptedModel } from '../fixtures/models/scripted-model.ts';
import { BANK_PLAN, HEALTH_PLAN, walkAnswer } from '../fixtures/walks/answers.ts';
import { DAY_OF_EXPORT, writeHealthExport } from '../fixtures/walks/health-export.ts';

/** `npm run test:walks:large` writes an export of two gigabytes. */
const EXPORT_BYTES = Number(process.env['HEALTH_EXPORT_MB'] ?? '2') * 1_000_000;
/** Of which Node takes 200 for what is not swept up yet; the days that the server keeps grow with the file. 2 GB took 465. */
const MOST_MEMORY_MB = 512;
const LONG = { timeout: 900_000 };
let model: ScriptedModel;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;

beforeAll(async () => {
  model = await startScriptedModel();
  const scripted = { baseUrl: model.url, model: 'scripted-1', retries: 0 };
  place = makeHome({ providers: { scripted }, defaults: { callTimeoutMs: 600_000 } });
  hub = await startHub(place.home);
});

afterAll(async () => {
  await hub.stop();
  place.remove();
  await model.close();
});

/** From words and files to an installed server. */
async function built(text: string, files: readonly string[]): Promise<LoopDetail> {
  const asked = await rested(
    hub,
    async () => LoopSummary.parse((await hub.send('POST', '/api/builds', { text, files })).body).id,
  );
  expect(asked).toMatchObject({ waitsFor: 'approval' });
  return await rested(hub, async () => {
    await hub.send('POST', `/api/builds/${asked.id}/decide`, {
      decision: 'approve',
      hash: asked.sheet?.hash,
    });
    return asked.id;
  });
}

const Answer = z.looseObject({ structuredContent: z.looseObject({}) });
const ask = async (tool: string, args: object): Promise<unknown> =>
  Answer.parse((await hub.send('POST', '/api/call', { tool, arguments: args })).body).structuredContent;

test(
  'a sentence and an export of a watch become a server that answers by day and week, each step counted once',
  LONG,
  async () => {
    const file = join(place.home, 'export.xml');
    const { first, last } = await writeHealthExport(file, EXPORT_BYTES);
    model.say(plan(HEALTH_PLAN), walkAnswer('health'));
    const done = await built('Track the health data of my Apple Watch: steps, heart rate, sleep', [file]);
    expect(done).toMatchObject({ state: 'installed', server: 'apple-health' });
    expect(done.sheet).toMatchObject({
      config: [{ name: 'EXPORT_SOURCE', default: file }],
      hooks: [{ name: 'phone', setting: 'PHONE_SOURCE' }],
      hosts: [],
    });
    expect(done.steps.find(({ stage }) => stage === 'probe')?.detail).toBe('list_sources answered');
    // The author saw what the file looks like, and nothing that it says of the person.
    const shown = model.asked.at(-1)?.prompt ?? '';
    expect(shown).toContain('type="HKQuantityTypeIdentifierStepCount"');
    expect(shown).not.toContain('1980');
    expect(shown).not.toContain('Ann');

    expect(await ask('apple-health__summarize_days', { from: first, to: first })).toEqual({
      days: [{ day: first, ...DAY_OF_EXPORT }],
      notes: [],
    });
    const { weeks } = z
      .looseObject({ weeks: z.array(z.unknown()) })
      .parse(await ask('apple-health__summarize_weeks', { from: first, to: last }));
    expect(weeks[0]).toEqual({ monday: '2013-12-30', days: 5, mean_of_a_day: DAY_OF_EXPORT });
    await expect(mostMemoryMb('apple-health')).resolves.toBeLessThan(MOST_MEMORY_MB);
  },
);

test(
  'what the export app of a phone posts is part of the next answer, and only its token opens the hook',
  LONG,
  async () => {
    const list = async (): Promise<HookSummary> =>
      z.object({ hooks: z.tuple([HookSummary]) }).parse(await hub.get('/api/hooks')).hooks[0];
    const hook = await list();
    expect(hook).toMatchObject({ server: 'apple-health', name: 'phone', bytes: 0 });
    const data = [{ date: '2030-01-01 00:00:00 -0500', qty: 1234 }];
    const body = JSON.stringify(
      { data: { metrics: [{ name: 'step_count', units: 'count', data }] } },
      undefined,
      2,
    );
    const post = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(url, { method: 'POST', body, headers })).status;
    const bare = hook.url.replace(/\?.*/, '');
    expect(await post(hook.url)).toBe(200);
    // Apps post again what was not answered in time.
    expect(await post(bare, { authorization: `Bearer ${hook.token}` })).toBe(200);
    expect(await post(bare)).toBe(404);
    expect(await post(hook.url.replace('phone', 'other'))).toBe(404);
    expect(await ask('apple-health__summarize_days', { from: '2030-01-01', to: '2030-01-02' })).toEqual({
      days: [{ day: '2030-01-01', steps: 1234 }],
      notes: [],
    });
    await hub.send('POST', '/api/hooks/apple-health/phone/rotate', {});
    expect(await post(hook.url)).toBe(404);
    expect(await post((await list()).url)).toBe(200);
    expect((await fetch(`${hub.url}/api/hooks`)).status).toBe(401);
  },
);

test(
  'a sentence and a folder of statements in three layouts become a server that merges and searches them',
  LONG,
  async () => {
    const folder = join(place.home, 'statements');
    mkdirSync(folder);
    const write = (name: string, ...lines: readonly string[]): void =>
      writeFileSync(join(folder, name), `${lines.join('\r\n')}\r\n`);
    // January: two equal coffees on one day. The second statement overlaps it, the third both.
    const coffees = [
      '2024-01-15,TIM HORTONS #1234 TORONTO ON,4.50,',
      '2024-01-15,TIM HORTONS #1234 TORONTO ON,4.50,',
    ];
    write(
      '2024-01 chequing.csv',
      '2024-01-02,RENT JANUARY,"1,500.00",',
      ...coffees,
      '2024-01-31,PAYROLL ACME INC,,"3,000.10"',
    );
    const header = 'Transaction Date,Posted Date,Description,Amount';
    write(
      'visa.csv',
      header,
      '01/15/2024,01/16/2024,Tim Hortons #1234  Toronto ON,-4.50',
      '02/03/2024,02/04/2024,LOBLAWS 77,-82.17',
    );
    write(
      'export.csv',
      'Date;Details;Debit;Credit;Balance',
      '31 Jan 2024;PAYROLL ACME INC;;3000.10;4000.00',
      '3 Feb 2024;LOBLAWS 77;82.17;;3917.83',
    );
    model.say(plan(BANK_PLAN), walkAnswer('bank'));
    const done = await built('Merge my CIBC bank statements, and tell me what I spend each month', [folder]);
    expect(done).toMatchObject({ state: 'installed', server: 'cibc-bank' });
    const shown = model.asked.at(-1)?.prompt ?? '';
    expect(shown).toContain(header);
    expect(shown).not.toMatch(/TIM HORTONS|PAYROLL|1,500/i);

    expect(await ask('cibc-bank__summarize_month', { month: '2024-01' })).toEqual({
      month: '2024-01',
      income: 3000.1,
      spending: -1509,
      transactions: 4,
      categories: [
        { category: 'housing', total: -1500, transactions: 1 },
        { category: 'coffee and restaurants', total: -9, transactions: 2 },
        { category: 'income', total: 3000.1, transactions: 1 },
      ],
    });
    expect(await ask('cibc-bank__search_transactions', { text: 'tim hortons' })).toMatchObject({ found: 2 });
    expect(await ask('cibc-bank__list_statements', {})).toMatchObject({ repeated: 3 });
    // A statement that comes later is part of the next answer.
    write('march.csv', header, '03/01/2024,03/01/2024,LOBLAWS 78,-10.00');
    expect(await ask('cibc-bank__summarize_month', { month: '2024-03' })).toMatchObject({ spending: -10 });
  },
);

/** Most that a server's process had in memory since it began, in megabytes, as Linux counts it. */
async function mostMemoryMb(server: string): Promise<number> {
  const { servers } = z.object({ servers: z.array(ServerSummary) }).parse(await hub.get('/api/servers'));
  const pid = servers.find(({ id }) => id === server)?.pid ?? 0;
  const most = /VmHWM:\s+(?<kb>\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.groups?.['kb'];
  const megabytes = Number(most) / 1024;
  if (process.env['HEALTH_EXPORT_MB'] !== undefined)
    process.stdout.write(`${server}: at most ${megabytes.toFixed(0)} MB\n`);
  return megabytes;
}
