import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlowRun, FlowRunSummary } from '@counterpart/schemas/flows/flow';
import { FlowEvalReport } from '@counterpart/schemas/flows/flow-eval';
import { PromptVersion } from '@counterpart/schemas/flows/prompt';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { connectAnswering } from '../fixtures/gateway/answering-clients.ts';
import { eventually, fixtureServer, startHub, type TestHub } from '../fixtures/hub.ts';
import { startScriptedProvider, type ScriptedProvider } from '../fixtures/models/scripted-provider.ts';
import { ROOT } from '../guards/proofs-reporter.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

const KINDS = ['anthropic', 'openai', 'perplexity', 'ollama'] as const;
const FLOWS: Readonly<Record<string, string>> = {
  kinds: `nodes:\n${KINDS.map((kind) => `  ${kind}: { messages: 'Who are you?', model: ${kind}/scripted-1 }`).join('\n')}\n`,
  shop: `serve: true
inputs: { type: object, properties: { id: { type: string } }, required: [id], additionalProperties: false }
nodes:
  make: { tool: effects__create_item, arguments: { id: '\${inputs.id}' } }
  wait: { messages: Wait, model: openai/scripted-1, after: [make] }
  remove: { tool: effects__delete_item, arguments: { id: '\${nodes.make.output.args.id}' }, after: [wait] }
outputs: { removed: '\${nodes.remove.output.args.id}' }
`,
  long: `inputs: { type: object, properties: { id: { type: integer } }, required: [id] }
nodes:
  look: { tool: effects__get_item, arguments: { digits: '\${inputs.id}' } }
  again: { tool: effects__get_item, arguments: { id: '\${nodes.look.output.digits}' } }
outputs: { id: '\${nodes.again.output.args.id}' }
`,
  judged: `inputs: { type: object, properties: { id: { type: string } } }
nodes:
  look: { tool: effects__get_item, arguments: { id: '\${inputs.id}' } }
  twice: { code: 'return input + input', input: '\${nodes.look.output.args.id}' }
outputs: { text: '\${nodes.twice.output}' }
`,
};
const CASES = [
  {
    inputs: { id: 'a' },
    expect: {
      outputs: [{ output: 'text', equals: 'aa' }],
      tools: [{ name: 'effects__get_item', arguments: { id: 'a' } }],
    },
  },
  {
    inputs: { id: 'b' },
    expect: {
      outputs: [{ output: 'text', contains: 'c' }],
      tools: [{ name: 'effects__get_item' }, { name: 'effects__get_log' }],
    },
  },
  {
    inputs: { id: 'c' },
    expect: {
      outputs: [
        { output: 'text', judge: 'two letters' },
        { output: 'text', matches: '^c+$' },
      ],
      tools: [],
    },
  },
];

/** Models that are told to wait do so until it is open. */
const gate = Promise.withResolvers<void>();
let provider: ScriptedProvider;
let home: TestHome;
let hub: TestHub;

beforeAll(async () => {
  provider = await startScriptedProvider(async (asked) => {
    if (asked.lastText('user') === 'Wait') await gate.promise;
    return JSON.stringify(asked.body.messages).includes('You judge')
      ? '{"passed":true,"reason":"two letters"}'
      : `I am ${asked.body.model}.`;
  });
  const entry = (kind: string) => ({
    kind,
    baseUrl: provider.url,
    model: 'scripted-1',
    apiKey: 'k-123456',
    retries: 0,
  });
  home = createTestHome({
    providers: Object.fromEntries(KINDS.map((kind) => [kind, entry(kind)])),
    mcpServers: { effects: fixtureServer('effects') },
    overrides: { museum: { target: 'mirror' } },
  });
  cpSync(join(ROOT, 'servers/museum'), join(home.home, 'servers/museum'), { recursive: true });
  for (const folder of ['flows', 'prompts'])
    cpSync(join(ROOT, folder), join(home.home, folder), { recursive: true });
  mkdirSync(join(home.home, 'flows'), { recursive: true });
  for (const [name, text] of Object.entries(FLOWS))
    writeFileSync(join(home.home, `flows/${name}.yaml`), text);
  writeFileSync(join(home.home, 'inputs.json'), '{"id":"many"}');
  writeFileSync(join(home.home, 'long.yaml'), 'id: 9007199254740993\n');
  writeFileSync(join(home.home, 'cases.jsonl'), CASES.map((one) => JSON.stringify(one)).join('\n'));
  hub = await startHub(home.home);
  await hub.get('/api/status');
}, 60_000);

afterAll(async () => {
  await hub.stop();
  await home.dispose();
  await provider.close();
});

const start = async (flow: string, inputs: object = {}) =>
  FlowRunSummary.parse((await hub.send('POST', `/api/flows/${flow}/runs`, { inputs })).body).id;
const show = async (id: string) => FlowRun.parse(await hub.get(`/api/flow-runs/${id}`));
/** The run once it stands as it should. */
async function until(id: string, state: FlowRun['state']): Promise<FlowRun> {
  await eventually(async () => (await show(id)).state === state, 60_000);
  return await show(id);
}

describe('flows', () => {
  test('of this repository are sound and run on the example servers without a model', async () => {
    verifies('K05');
    const checked = await home.run(['flow', 'check', 'museum-week']);
    expect([checked.code, checked.stdout]).toEqual([0, '✓ museum-week\n']);
    const ran = await home.run(['flow', 'run', 'museum-week', '--input', 'from=2026-07-01', '--json']);
    const run = ran.json(FlowRun);
    expect([ran.code, run.state, Object.keys(run.outputs ?? {})]).toEqual([
      0,
      'done',
      ['day', 'events', 'eventsOfTheWeek'],
    ]);
    const traced = await home.run(['flow', 'trace', run.id]);
    expect(traced.stdout).toMatch(
      /✓ hours {2}museum__get_museum_hours[^]*in {3}\{"startDate":"2026-07-01"[^]*✓ visits\[2\]/,
    );
  }, 60_000);

  test('hand on a number that no double holds with all its digits, from wherever they are begun', async () => {
    const digits = '9007199254740993';
    const ran = await home.run(['flow', 'run', 'long', '--input', `id=${digits}`, '--json']);
    expect(ran.json(FlowRun).outputs).toEqual({ id: digits });
    const asked = await fetch(new URL('/api/flows/long/runs', hub.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json' },
      body: `{"inputs":{"id":${digits}}}`,
    });
    const { id } = FlowRunSummary.parse(await asked.json());
    expect((await until(id, 'done')).outputs).toEqual({ id: digits });
    const filed = await home.run(['flow', 'run', 'long', '--input-file', 'long.yaml', '--json']);
    expect(filed.json(FlowRun).outputs).toEqual({ id: digits });
    const refused = await home.run(['flow', 'run', 'long', '--input-file', 'inputs.json']);
    expect(refused.stderr).toContain('id: expected integer, got "many"');
  }, 60_000);

  test('ask Anthropic, OpenAI, Perplexity and local models by configuration alone', async () => {
    verifies('K03');
    const { outputs, steps } = await until(await start('kinds'), 'done');
    expect(outputs).toEqual(Object.fromEntries(KINDS.map((kind) => [kind, 'I am scripted-1.'])));
    expect(steps.map(({ model }) => model)).toEqual(
      expect.arrayContaining(KINDS.map((kind) => `${kind}/scripted-1`)),
    );
    expect(steps.every(({ inputTokens }) => inputTokens > 0)).toBe(true);
  });

  test('go on after kill -9 without doing again what was done, and wait for a person over it', async () => {
    verifies('K01');
    const following = home.run(['flow', 'run', 'shop', '--input', 'id=i1']);
    let id = '';
    await eventually(async () => {
      const { runs } = z
        .object({ runs: z.array(FlowRunSummary) })
        .parse(await hub.get('/api/flow-runs?flow=shop'));
      id = runs[0]?.id ?? '';
      return (
        id !== '' && (await show(id)).steps.some(({ node, state }) => node === 'wait' && state === 'running')
      );
    }, 30_000);
    await hub.kill();
    expect((await following).stderr).toContain(`The run ${id} goes on with the one that is started next`);
    gate.resolve();
    hub = await startHub(home.home);
    const waiting = await until(id, 'waiting');
    expect(waiting.steps.map(({ node, state, attempt }) => [node, state, attempt])).toEqual([
      ['make', 'done', 1],
      ['wait', 'done', 2],
      ['remove', 'waiting', 0],
    ]);
    const decided = await home.run(['flow', 'approve', id]);
    expect([decided.code, decided.stdout]).toEqual([0, 'removed  i1\n']);
  }, 120_000);

  test('are evaluated: outputs, tools, latency, and what a model finds of them', async () => {
    verifies('K02');
    const ran = await home.run(['flow', 'eval', 'judged', '--data', 'cases.jsonl', '--json']);
    const report = ran.json(FlowEvalReport);
    expect([ran.code, report.cases, report.passed, report.toolPrecision, report.toolRecall]).toEqual([
      4,
      3,
      1,
      2 / 3,
      2 / 3,
    ]);
    expect(report.results.map(({ failures }) => failures)).toEqual([
      [],
      ['text is bb, without "c"', 'not called: effects__get_log'],
      ['unexpected: effects__get_item'],
    ]);
    // No node of the flow asks a model: what was taken is the judge's.
    expect(report.results.map(({ tokens }) => tokens > 0)).toEqual([false, false, true]);
    expect(report.tokens).toBe(report.results[2]?.tokens);
  }, 60_000);

  test('that cannot be run say where, by their line', async () => {
    writeFileSync(join(home.home, 'flows/bad.yaml'), 'nodes:\n  a:\n    tool: museum__get_museum_hour\n');
    const ran = await home.run(['flow', 'check', 'bad']);
    expect(ran.code).toBe(4);
    expect(ran.stdout).toMatch(
      /flows\/bad\.yaml:3 error nodes\.a\.tool: there is no tool museum__get_museum_hour\. Did you mean museum__get_museum_hours/,
    );
    expect((await home.run(['flow', 'run', 'bad'])).code).toBe(4);
    const found = (await home.run(['doctor', '--json'])).json(z.looseObject({ findings: z.unknown() }));
    expect(found.findings).toContainEqual({
      check: 'flow bad',
      level: 'problem',
      text: expect.stringMatching(/^flows\/bad\.yaml:3 nodes\.a\.tool: there is no tool/) as unknown,
      fix: expect.any(String) as unknown,
    });
    expect(found.findings).toContainEqual({ check: 'flow shop', level: 'ok', text: 'nothing wrong in it' });
    expect(found.findings).toContainEqual({
      check: 'prompt invitation',
      level: 'ok',
      text: 'nothing wrong in it',
    });
    expect((await home.run(['inspect', 'flows'])).stdout).toMatch(
      /^flows  of the hub itself\n\nTools \(\d\)\n[^]*  flows__shop\n/,
    );
  }, 60_000);

  test('with code that cannot be read say so before they run, and in the log', async () => {
    const text =
      'nodes:\n  sum:\n    code: |\n      const list = [1, 2];\n      return list.reduce((a, b) => a + );\noutputs: { sum: "${nodes.sum.output}" }\n';
    writeFileSync(join(home.home, 'flows/unread.yaml'), text);
    const told = 'nodes.sum.code: line 2 of the code cannot be read: Unexpected token `)`';
    const ran = await home.run(['flow', 'check', 'unread']);
    expect([ran.code, ran.stdout]).toEqual([4, expect.stringContaining(`flows/unread.yaml:5 error ${told}`)]);
    const refused = await home.run(['flow', 'run', 'unread']);
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('flows/unread.yaml:5')]);
    expect((await home.run(['flow', 'list'])).stdout).toMatch(/unread +1 error/);
    const logged = `a flow cannot be run: flows/unread.yaml:5 ${told}`;
    await eventually(async () => (await home.run(['logs', '-n', '500'])).stdout.includes(logged));
  }, 60_000);
});

describe('clients have', () => {
  const Tools = z.looseObject({
    tools: z.array(z.looseObject({ name: z.string(), annotations: z.looseObject({}).optional() })),
  });

  test('served flows as tools with the effect of their strongest one, and are told what waits', async () => {
    const tools = Tools.parse(await hub.rpc('tools/list')).tools;
    const flows = tools.filter(({ name }) => name.startsWith('flows__'));
    expect(
      flows.map(({ name, annotations }) => [
        name,
        annotations?.['destructiveHint'],
        annotations?.['readOnlyHint'],
      ]),
    ).toEqual([
      ['flows__museum-week', false, true],
      ['flows__shop', true, false],
    ]);
    const called = await hub.rpc('tools/call', {
      name: 'flows__museum-week',
      arguments: { from: '2026-07-01' },
    });
    expect(called['structuredContent']).toMatchObject({ state: 'done' });
    const misfit = await hub.rpc('tools/call', { name: 'flows__shop', arguments: {} });
    expect([misfit['isError'], JSON.stringify(misfit['content'])]).toEqual([
      true,
      expect.stringContaining('FLOW_INPUT'),
    ]);
  }, 60_000);

  test('and the owner finds them listed under the name they have, beside the servers', async () => {
    const Names = z.object({ tools: z.array(z.looseObject({ name: z.string() })) });
    const own = ['flows__museum-week', 'flows__shop'];
    const listed = await home.run(['list', '--tools', '--server', 'flows', '--json']);
    expect(listed.json(Names).tools.map(({ name }) => name)).toEqual(own);
    const asked = Names.parse(await hub.get('/api/tools?server=flows'));
    expect(asked.tools.map(({ name }) => name)).toEqual(own);
    expect((await home.run(['list'])).stdout).toContain(
      'The hub itself offers flows (2 tools), prompts (1 prompt).',
    );
    const alone = await home.run(['list', '--server', 'flows']);
    expect([alone.code, alone.stdout]).toEqual([0, 'The hub itself offers flows (2 tools).\n']);
    expect((await home.run(['list', '--tools', '--server', 'flow'])).stderr).toContain('Did you mean flows?');
  }, 60_000);

  test('a form for what a flow is about to change, where theirs shows one and the owner lets them decide', async () => {
    gate.resolve(); // The flow waits at it.
    const person = await connectAnswering('modern', `${hub.url}/mcp`);
    const shop = (id: string) => person.call('flows__shop', { id });
    person.answers.form = () => ({ action: 'decline' });
    expect(await shop('f1')).toMatchObject({ structuredContent: { state: 'waiting' } });
    person.answers.form = () => ({ action: 'accept', content: { decision: 'approve' } });
    expect(await shop('f2')).toMatchObject({
      structuredContent: { state: 'done', outputs: { removed: 'f2' } },
    });
    for (const [at, id] of ['f1', 'f2'].entries())
      expect(person.asked[at]).toContain(
        `The flow shop is about to change things:\neffects__delete_item {"id":"${id}"}`,
      );
    await person.close();
  }, 60_000);

  test('served flows by REST, as any other tool', async () => {
    const post = (flow: string, input: object) => hub.send('POST', `/api/tools/flows/${flow}`, input);
    expect(await post('museum-week', { from: '2026-07-01' })).toMatchObject({
      status: 200,
      body: { state: 'done' },
    });
    expect(await post('shop', {})).toMatchObject({ status: 400, body: { code: 'ARGUMENTS_INVALID' } });
    expect(await post('judged', { id: 'a' })).toMatchObject({ status: 404 });
    const document = JSON.stringify(await hub.get('/api/tools/flows/openapi.json'));
    expect(document).toContain('"/api/tools/flows/museum-week"');
  }, 60_000);

  test('served flows as models', async () => {
    const client = new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: hub.token, maxRetries: 0 });
    const models = (await client.models.list()).data.map(({ id }) => id);
    expect(models).toContain('flow/museum-week');
    const answer = await client.chat.completions.create({
      model: 'flow/museum-week',
      messages: [{ role: 'user', content: '2026-07-01' }],
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toHaveProperty('day');
  }, 60_000);

  test('templates as prompts, with completion, as their files say now', async () => {
    verifies('K04');
    const listed = await hub.rpc('prompts/list');
    expect(listed['prompts']).toEqual([expect.objectContaining({ name: 'prompts__invitation' })]);
    const given = { guest: 'Ann', visit: '{"day":1}', tone: 'formal' };
    const got = await hub.rpc('prompts/get', { name: 'prompts__invitation', arguments: given });
    expect(JSON.stringify(got['messages'])).toMatch(/formal in tone.*Invite Ann/);
    await expect(hub.rpc('prompts/get', { name: 'prompts__invitation', arguments: {} })).rejects.toThrow(
      /guest is missing; visit is missing/,
    );
    const completed = await hub.rpc('completion/complete', {
      ref: { type: 'ref/prompt', name: 'prompts__invitation' },
      argument: { name: 'tone', value: 'f' },
    });
    expect(completed['completion']).toMatchObject({ values: ['friendly', 'formal'], total: 2 });
    writeFileSync(join(home.home, 'prompts/second.md'), 'Say hello.');
    await eventually(async () => JSON.stringify(await hub.rpc('prompts/list')).includes('prompts__second'));
    writeFileSync(join(home.home, 'prompts/second.md'), 'Say good day.');
    const versions = await home.run(['prompts', 'versions', 'second', '--json']);
    expect(versions.json(z.object({ versions: z.array(PromptVersion) })).versions).toHaveLength(2);
  }, 60_000);
});
