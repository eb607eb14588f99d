import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { scriptedFlows, statesOf, type ScriptedFlows } from '../../../test/fixtures/flows/scripted-flows.ts';
import { verifies } from '../../../test/verifies.ts';

let room: Awaited<ReturnType<typeof scriptedFlows>> | undefined;
const open = async (script: Partial<ScriptedFlows> & Pick<ScriptedFlows, 'flows'>) =>
  (room = await scriptedFlows({ models: {}, ...script }));

afterEach(async () => {
  await room?.close();
  room = undefined;
});

const echo = { description: 'Says it again.', run: (input: object) => JSON.stringify(input) };
/** Resolves for all callers once so many of them are there. */
function meeting(count: number) {
  const { promise, resolve } = Promise.withResolvers<string>();
  let there = 0;
  return () => {
    there += 1;
    if (there === count) resolve('{}');
    return promise;
  };
}

describe('a run', () => {
  test('goes from inputs over tools, code and a model to outputs, and keeps what each was given, gave and cost', async () => {
    verifies('K01');
    const { run, asked } = await open({
      models: { 'local/small': () => 'A short text.' },
      tools: {
        shop__find: { description: 'Finds.', run: () => '{"items":[{"name":"cup"},{"name":"jug"}]}' },
      },
      prompts: {
        short:
          '---\narguments: { names: { type: array } }\n---\n# system\nBe short.\n# user\nTell of {{names}}',
      },
      flows: {
        tell: `inputs: { type: object, properties: { what: { type: string }, most: { type: integer, default: 1 } }, required: [what] }
nodes:
  find: { tool: shop__find, arguments: { query: 'a \${inputs.what}' } }
  names:
    code: |
      const all = input.items.map(({ name }) => name);
      return all.slice(0, input.most);
    input: { items: '\${nodes.find.output.items}', most: '\${inputs.most}' }
  text: { prompt: short, arguments: { names: '\${nodes.names.output}' }, temperature: 0 }
outputs: { text: '\${nodes.text.output}', first: '\${nodes.names.output[0]}' }
`,
      },
    });
    const { state, outputs, steps, prompts } = await run('tell', { what: 'cup' });
    expect([state, outputs]).toEqual(['done', { text: 'A short text.', first: 'cup' }]);
    expect(steps.map(({ node, input, output, model }) => [node, input, output, model])).toEqual([
      ['find', { query: 'a cup' }, { items: [{ name: 'cup' }, { name: 'jug' }] }, undefined],
      ['names', { items: [{ name: 'cup' }, { name: 'jug' }], most: 1 }, ['cup'], undefined],
      [
        'text',
        [
          { role: 'system', content: 'Be short.' },
          { role: 'user', content: 'Tell of ["cup"]' },
        ],
        'A short text.',
        'local/small',
      ],
    ]);
    expect(steps[2]?.inputTokens).toBeGreaterThan(0);
    expect(Object.keys(prompts)).toEqual(['short']);
    expect([asked[0]?.items.length, asked[0]?.temperature]).toEqual([2, 0]);
  });

  test('does nodes side by side that need nothing of each other, and items of a list so many at once', async () => {
    const both = meeting(2);
    let now = 0;
    let most = 0;
    const { run } = await open({
      tools: {
        x__meet: { description: 'Waits for the other.', run: both },
        x__count: {
          description: 'Counts.',
          async run({ n }) {
            most = Math.max(most, (now += 1));
            await delay(5);
            now -= 1;
            return JSON.stringify({ n });
          },
        },
      },
      flows: {
        wide: `nodes:
  a: { tool: x__meet }
  b: { tool: x__meet }
  each: { forEach: [1, 2, 3, 4, 5, 6], concurrency: 3, tool: x__count, arguments: { n: '\${item}' }, after: [a, b] }
outputs: { numbers: '\${nodes.each.output}' }
`,
      },
    });
    const { outputs } = await run('wide');
    expect(outputs).toEqual({ numbers: [1, 2, 3, 4, 5, 6].map((n) => ({ n })) });
    expect(most).toBe(3);
  });

  test('skips what its condition or what it needs leaves out', async () => {
    const { run } = await open({
      flows: {
        maybe: `inputs: { type: object }
nodes:
  a: { when: inputs.go, code: return 1 }
  b: { code: return input, input: '\${nodes.a.output}' }
  c: { code: return input, input: '\${nodes.a.output ?? "none"}' }
outputs: { b: '\${nodes.b.output}', c: '\${nodes.c.output}' }
`,
      },
    });
    expect((await run('maybe', { go: true })).outputs).toEqual({ b: 1, c: 1 });
    const without = await run('maybe');
    expect([without.outputs, statesOf(without)]).toEqual([
      { b: null, c: 'none' },
      { a: 'skipped', b: 'skipped', c: 'done' },
    ]);
  });

  test('tries again, goes on without what may fail, and ends at what may not', async () => {
    let tries = 0;
    const { run } = await open({
      tools: {
        x__shaky: {
          description: 'Fails twice.',
          run() {
            if ((tries += 1) < 3) throw new Error('not yet');
            return '{"ok":true}';
          },
        },
        x__never: {
          description: 'Fails.',
          run() {
            throw new Error('never');
          },
        },
      },
      flows: {
        shaky: 'nodes: { a: { tool: x__shaky, retries: 2, retryDelayMs: 1 } }',
        on: 'nodes: { a: { tool: x__never, onError: continue }, b: { code: return input, input: "${nodes.a.output ?? 0}" } }',
        off: 'nodes: { a: { tool: x__never }, b: { code: return 1, after: [a] } }',
        code: 'nodes: { a: { code: "const x = 1;\\nthrow new Error(`bad ${x}`)" } }',
        item: 'nodes: { a: { forEach: [1, 2], code: "if (input === 1) throw new Error(`one`); return input", input: "${item}" }, b: { code: return 1, after: [a] } }',
        items:
          'nodes: { a: { forEach: [1, 2], onError: continue, code: "if (input === 1) throw new Error(`one`); return input", input: "${item}" } }',
      },
    });
    expect((await run('shaky')).steps[0]).toMatchObject({ attempt: 3, state: 'done', calls: [{}, {}, {}] });
    expect((await run('on')).outputs).toEqual({ b: 0 });
    const off = await run('off');
    expect([off.state, off.problem?.code, statesOf(off)]).toEqual(['failed', 'FLOW_FAILED', { a: 'failed' }]);
    expect((await run('code')).problem?.message).toMatch(/The code of a failed: line 2: bad 1/);
    const item = await run('item');
    expect([item.state, item.problem?.message, item.steps.some(({ node }) => node === 'b')]).toEqual([
      'failed',
      expect.stringMatching(/one/),
      false,
    ]);
    expect((await run('items')).outputs).toEqual({ a: [null, 2] });
  });

  test('ends at its limits: of tokens, of time, of a node’s time', async () => {
    const slow = {
      description: 'Waits.',
      run: (_: object, signal?: AbortSignal) => delay(60_000, '{}', signal ? { signal } : {}),
    };
    const { run } = await open({
      models: { 'local/small': () => 'Words.' },
      tools: { x__slow: slow },
      flows: {
        tokens: 'limits: { tokens: 1 }\nnodes: { a: { messages: Hi }, b: { messages: "${nodes.a.output}" } }',
        time: 'limits: { timeMs: 30 }\nnodes: { a: { tool: x__slow } }',
        node: 'nodes: { a: { tool: x__slow, timeoutMs: 20 } }',
      },
    });
    const told = async (name: string) => (await run(name)).problem;
    expect((await told('tokens'))?.message).toMatch(/it took 1 tokens, the most that `limits.tokens`/);
    expect((await told('time'))?.code).toBe('FLOW_LIMIT');
    expect((await told('node'))?.message).toMatch(/a had no result after 20 ms/);
  });

  test('is not begun with what it cannot use', async () => {
    const { flows } = await open({
      tools: { x__echo: echo },
      flows: {
        strict:
          'inputs: { type: object, properties: { n: { type: integer } }, required: [n], additionalProperties: false }\nnodes: { a: { tool: x__echo } }',
        broken: 'nodes:\n  a: { tool: x__ehco }\n',
      },
    });
    await expect(flows.start('strict', { n: 'many', m: 1 })).rejects.toMatchObject({ code: 'FLOW_INPUT' });
    await expect(flows.start('broken', {})).rejects.toThrow(
      'The flow broken cannot be run. flows/broken.yaml:2: there is no tool x__ehco. Did you mean x__echo?',
    );
    await expect(flows.start('strikt', {})).rejects.toThrow('There is no flow strikt. Did you mean strict?');
    expect(await flows.runs({ limit: 10 })).toEqual([]);
  });

  test('takes no input that it does not declare, unless its schema says so', async () => {
    const body = 'nodes: { a: { code: return 1 } }\noutputs: { x: "${nodes.a.output}" }';
    const { flows, run } = await open({
      flows: {
        plain: `inputs: { type: object, properties: { startDate: { type: string }, most: { type: integer } } }\n${body}`,
        none: body,
        parted: `inputs: { type: object, properties: { a: {} }, anyOf: [{ properties: { b: {} } }] }\n${body}`,
        open: `inputs: { type: object, properties: { from: {} }, additionalProperties: true }\n${body}`,
        any: `inputs: { type: object }\n${body}`,
      },
    });
    await expect(flows.start('plain', { startdate: '2026-07-01' })).rejects.toThrow(
      'The inputs do not fit the flow plain: startdate: unknown; did you mean startDate?.',
    );
    await expect(flows.start('plain', { x: 1 })).rejects.toThrow('x: unknown; allowed: startDate, most.');
    await expect(flows.start('none', { x: 1 })).rejects.toThrow('x: unknown; none is allowed.');
    await expect(flows.start('parted', { c: 1 })).rejects.toThrow('c: unknown; allowed: a, b.');
    for (const name of ['open', 'any']) expect((await run(name, { x: 1 })).state).toBe('done');
    expect((await run('parted', { a: 1, b: 1 })).state).toBe('done');
  });

  test('has its name alone: of two files with one name the first is the flow, and the other one says so', async () => {
    const { flows, write, run } = await open({
      flows: { two: 'nodes: { a: { code: return 1 } }\noutputs: { x: "${nodes.a.output}" }' },
    });
    write('flows/two.yml', 'nodes: { a: { code: return 2 } }\noutputs: { x: "${nodes.a.output}" }');
    expect(
      (await flows.list()).map(({ name, issues }) => [
        name,
        issues.map(({ file, message }) => `${file}: ${message}`),
      ]),
    ).toEqual([
      ['two', []],
      ['two', ['flows/two.yml: flows/two.yaml is called the same']],
    ]);
    expect((await run('two')).outputs).toEqual({ x: 1 });
  });

  test('keeps no secret that the hub knows', async () => {
    const { run } = await open({
      tools: { x__leak: { description: 'Leaks.', run: () => '{"key":"marked-secret"}' } },
      flows: {
        leak: 'inputs: { type: object, properties: { given: { type: string } } }\nnodes: { a: { tool: x__leak }, b: { code: return input.key, input: "${nodes.a.output}" } }',
      },
    });
    expect(JSON.stringify(await run('leak', { given: 'marked-secret' }))).not.toContain('marked-secret');
  });
});

describe('what a model answers', () => {
  test('is checked against the schema of the node, and asked for again', async () => {
    const { run, asked } = await open({
      models: {
        'local/small': (_, number) => (number === 0 ? 'It is 7.' : '```json\n{"kind":"bug","parts":2}\n```'),
      },
      flows: {
        kind: `nodes:
  a:
    messages: What is it?
    retries: 1
    retryDelayMs: 1
    format: { schema: { type: object, properties: { kind: { enum: [bug, wish] }, parts: { type: integer } }, required: [kind] } }
`,
        strict: 'nodes: { a: { messages: What?, format: { schema: { type: object, required: [other] } } } }',
      },
    });
    expect((await run('kind')).outputs).toEqual({ a: { kind: 'bug', parts: 2 } });
    expect(asked.map(({ format }) => format?.type)).toEqual(['json_schema', 'json_schema']);
    expect((await run('strict')).problem?.message).toMatch(
      /did not answer in the form that a asks for: other: .*required/,
    );
  });

  test('may come of tools that it calls itself, where the node allows it', async () => {
    const { run, calls } = await open({
      models: {
        'local/small': (_, number) => (number === 0 ? { calls: [['x__echo', { a: 1 }]] } : 'It is one.'),
      },
      tools: { x__echo: echo },
      flows: { ask: 'nodes: { a: { messages: Echo one, tools: all } }' },
    });
    const { outputs, steps } = await run('ask');
    expect([outputs, calls]).toEqual([{ a: 'It is one.' }, [{ tool: 'x__echo', input: { a: 1 } }]]);
    expect(steps[0]?.calls).toMatchObject([{ name: 'x__echo', arguments: { a: 1 }, isError: false }]);
  });
});

describe('what changes things', () => {
  const wipe = { description: 'Wipes.', effect: 'destructive' as const, run: () => '{"wiped":true}' };
  const text = `nodes:
  look: { tool: x__echo }
  wipe: { forEach: [1, 2], tool: x__wipe, arguments: { n: '\${item}' }, after: [look] }
`;

  test('waits for a person, who sees every call before the first is made; it is made once, also over a restart', async () => {
    const script = await open({ tools: { x__echo: echo, x__wipe: wipe }, flows: { clean: text } });
    const waiting = await script.run('clean');
    expect([waiting.state, statesOf(waiting), script.calls.length]).toEqual([
      'waiting',
      { look: 'done', 'wipe[0]': 'waiting', 'wipe[1]': 'waiting' },
      1,
    ]);
    await script.restart();
    // The file is another one by now; the run goes on as it began.
    script.write('flows/clean.yaml', 'nodes: { other: { code: return 1 } }');
    await script.flows.decide(waiting.id, 'approve');
    const done = await script.rest(waiting.id);
    expect([done.state, done.outputs]).toEqual(['done', { wipe: [{ wiped: true }, { wiped: true }] }]);
    expect(script.calls.map(({ tool, input }) => [tool, input['n']])).toEqual([
      ['x__echo', undefined],
      ['x__wipe', 1],
      ['x__wipe', 2],
    ]);
    await expect(script.flows.decide(waiting.id, 'approve')).rejects.toMatchObject({
      code: 'FLOW_RUN_STATE',
    });
  });

  test('is not done after a no, nor in a run that was cancelled', async () => {
    const { run, rest, flows, calls } = await open({
      tools: { x__wipe: wipe },
      flows: { clean: 'nodes: { wipe: { tool: x__wipe } }' },
    });
    const first = await run('clean');
    await flows.decide(first.id, 'reject');
    expect((await rest(first.id)).problem?.message).toMatch(/A person rejected what wipe was about to do/);
    const second = await run('clean');
    expect((await flows.cancel(second.id)).state).toBe('cancelled');
    await expect(flows.decide(second.id, 'approve')).rejects.toMatchObject({ code: 'FLOW_RUN_STATE' });
    expect(calls).toEqual([]);
  });

  test('that a model wants to do waits as well, and goes on in the same answer', async () => {
    const { run, rest, flows, calls } = await open({
      models: {
        'local/small': (_, number) => (number === 0 ? { calls: [['x__wipe', {}]] } : 'It is wiped.'),
      },
      tools: { x__wipe: wipe },
      flows: { ask: 'nodes: { a: { messages: Wipe it, tools: all } }' },
    });
    const waiting = await run('ask');
    expect([waiting.state, waiting.steps[0]?.output, calls]).toEqual([
      'waiting',
      [{ tool: 'x__wipe', arguments: {} }],
      [],
    ]);
    await flows.decide(waiting.id, 'approve');
    expect((await rest(waiting.id)).outputs).toEqual({ a: 'It is wiped.' });
  });

  test('and was cut off by the end of the hub is not done again; what only reads is', async () => {
    const begun = { write: Promise.withResolvers<void>(), read: Promise.withResolvers<void>() };
    const cut = { isOver: false };
    const hang = (started: PromiseWithResolvers<void>) => (_: object, signal?: AbortSignal) => {
      started.resolve();
      return cut.isOver ? '{"again":true}' : delay(60_000, '{}', signal ? { signal } : {});
    };
    const script = await open({
      tools: {
        x__write: { description: 'Writes.', effect: 'write', run: hang(begun.write) },
        x__read: { description: 'Reads.', run: hang(begun.read) },
      },
      flows: {
        write: 'nodes: { before: { code: return 1 }, a: { tool: x__write, after: [before] } }',
        read: 'nodes: { a: { tool: x__read } }',
      },
    });
    const ids = [(await script.flows.start('write', {})).id, (await script.flows.start('read', {})).id];
    await Promise.all([begun.write.promise, begun.read.promise]);
    cut.isOver = true;
    await script.restart();
    await script.flows.resume();
    const [write, read] = await Promise.all(ids.map(script.rest));
    expect(write?.problem?.message).toMatch(
      /The hub ended while a called x__write: whether it was done is not known/,
    );
    expect(write?.steps.map(({ node, attempt }) => [node, attempt])).toEqual([
      ['before', 1],
      ['a', 1],
    ]);
    expect([read?.outputs, read?.steps[0]?.attempt]).toEqual([{ a: { again: true } }, 2]);
  });
});

describe('a template', () => {
  test('has its versions kept, and a flow can hold on to one', async () => {
    verifies('K04');
    const script = await open({
      models: { 'local/small': (request) => JSON.stringify(request.items.at(-1)) },
      prompts: { hello: 'Say hello.' },
      flows: { now: 'nodes: { a: { prompt: hello } }' },
    });
    const [first] = await script.prompts.versions('hello');
    script.write('prompts/hello.md', 'Say good day.');
    script.write('flows/then.yaml', `nodes: { a: { prompt: 'hello@${first?.hash.slice(7, 19)}' } }`);
    expect((await script.prompts.versions('hello')).map(({ current }) => current)).toEqual([true, false]);
    expect(JSON.stringify((await script.run('now')).outputs)).toContain('Say good day.');
    expect(JSON.stringify((await script.run('then')).outputs)).toContain('Say hello.');
    await expect(script.prompts.show('hello', 'ffff')).rejects.toMatchObject({
      code: 'PROMPT_VERSION_UNKNOWN',
    });
    await expect(script.prompts.render('helo', {})).rejects.toThrow(
      'There is no prompt template helo. Did you mean hello?',
    );
  });
});
