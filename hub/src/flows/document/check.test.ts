import type { FileIssue, ToolDefinition } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { checkWorld } from './check-world.ts';
import { circleOf } from './plan.ts';
import { readFlow } from './read-flow.ts';
import type { World } from './world.ts';

const flow = (text: string) => readFlow('flows/test.yaml', 'test', text);
const told = (issues: readonly FileIssue[]) =>
  issues.map(({ line, path, severity, message }) => `${line} ${path} ${severity}: ${message}`);

describe('a flow is told', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'what waits for itself',
      'nodes:\n  a:\n    code: return 1\n    input: ${nodes.b.output}\n  b:\n    code: return 1\n    input: ${nodes.a.output}\n',
      ['2 nodes.a error: nodes wait for each other: a → b → a'],
    ],
    [
      'a node that is not there, with the one that is meant',
      'nodes:\n  fetch:\n    code: return 1\n  use:\n    code: return 1\n    input:\n      x: ${nodes.fetsch.output}\n',
      ['7 nodes.use.input.x error: there is no node fetsch. Did you mean fetch?'],
    ],
    [
      'an input that it does not have',
      'inputs:\n  type: object\n  properties: { city: {} }\nnodes:\n  a:\n    messages: in ${inputs.town}\n',
      ['6 nodes.a.messages error: the flow has no input town.'],
    ],
    [
      'a node that does two things, or none',
      'nodes:\n  a: { code: return 1, tool: x__y }\n  b: { description: rests }\n',
      ['2 nodes.a error: the node has tool and code', '3 nodes.b error: the node does nothing'],
    ],
    [
      'members of another kind of node',
      'nodes:\n  a:\n    code: return 1\n    model: hub/auto\n',
      ['4 nodes.a.model error: model has no meaning beside code'],
    ],
    [
      'an expression that is none',
      'nodes:\n  a:\n    code: return 1\n    when: nodes.b.output = 1\n',
      ['4 nodes.a.when error: "= 1" is not understood in "nodes.b.output = 1"'],
    ],
    [
      'what stands for items where there is no list',
      'nodes:\n  a:\n    messages: ${item}\n',
      ['3 nodes.a.messages error: item is only there beside forEach'],
    ],
    [
      'nodes that can never run',
      'nodes:\n  a:\n    code: return 1\n    when: 1 > 2\n  b:\n    messages: ${nodes.a.output}\n  c:\n    messages: ${nodes.a.output ?? 1}\noutputs: { b: "${nodes.b.output}", c: "${nodes.c.output}" }\n',
      [
        '4 nodes.a.when error: a can never run: its condition is never true',
        '5 nodes.b error: b can never run: it needs a, which never does',
      ],
    ],
    [
      'work that nobody uses',
      'nodes:\n  a: { messages: Hi }\n  b: { messages: Ho }\noutputs: { b: "${nodes.b.output}" }\n',
      ['2 nodes.a warning: nothing uses what a gives'],
    ],
    [
      'a mistake of the language once',
      'nodes:\n  a:\n    code: return { one: 1, two: 2 };\n',
      ['3  error: Nested mappings are not allowed in compact mappings'],
    ],
    [
      'code that cannot be read, by its line in the file',
      'nodes:\n  # twice\n  a:\n    code: | # of input\n\n      const b = input;\n      return b b;\n  b:\n    code: return (${1\n    input: ${nodes.a.output}\n  c: { code: const input = 1, input: "${nodes.b.output}" }\n  d: { code: "const e =\\nreturn 1", input: "${nodes.c.output}" }\noutputs: { d: "${nodes.d.output}" }\n',
      [
        '7 nodes.a.code error: line 3 of the code cannot be read: Unexpected token `b`',
        '9 nodes.b.code error: the code cannot be read: Unexpected token `{`',
        "11 nodes.c.code error: the code cannot be read: Identifier 'input' has already been declared",
        '12 nodes.d.code error: line 2 of the code cannot be read: Unexpected token `return`',
      ],
    ],
    [
      'code that ends too early, by its last line',
      'nodes:\n  a:\n    code: |\n      if (input) {\n        return 1;\n\n    input: 2\noutputs: { a: "${nodes.a.output}" }\n',
      [
        '5 nodes.a.code error: line 2 of the code cannot be read: it ends too early, or its brackets do not match',
      ],
    ],
    [
      'a member that does not exist',
      'nodes:\n  a: { mesages: Hi }\n',
      ['2 nodes.a.mesages error: there is no member mesages here'],
    ],
  ])('%s', (_, text, issues) => {
    expect(told(flow(text).issues)).toEqual(issues);
  });
});

test('a flow of many nodes that all wait for each other is looked through in time', () => {
  const nodes = Array.from({ length: 180 }, (_, at) => {
    const before = Array.from({ length: at }, (__, other) => `n${other}`).join(', ');
    return `  n${at}: { code: return 1, after: [${before}] }`;
  });
  const { flow: read } = flow(`nodes:\n${nodes.join('\n')}\n`);
  expect(read && circleOf(read.plan)).toBeUndefined();
});

const weather: ToolDefinition = {
  name: 'get_weather',
  inputSchema: {
    type: 'object',
    properties: {
      city: { type: 'string' },
      days: { type: 'integer', maximum: 9 },
      units: { enum: ['c', 'f'] },
    },
    required: ['city'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: {
      days: {
        type: 'array',
        items: { type: 'object', properties: { high: { type: 'number' } }, additionalProperties: false },
      },
    },
    additionalProperties: false,
  },
};

const world: World = {
  tool: (name) =>
    name === 'weather__get_weather' ? weather : name === 'quiet__any' ? 'unlisted' : undefined,
  toolNames: ['weather__get_weather'],
  templates: new Map([
    ['short', { arguments: { text: { type: 'string' } }, messages: [{ role: 'user', content: '{{text}}' }] }],
    [
      'toned',
      {
        arguments: { tone: { type: 'string', enum: ['warm', 'cool'] }, times: { type: 'integer' } },
        messages: [{ role: 'user', content: '{{tone}} {{times}}' }],
      },
    ],
    ['broken', undefined],
  ]),
  modelProblem: (name) =>
    name === 'hub/auto' ? undefined : { message: `there is no model ${name}`, isSure: true },
};

describe('in a hub, a flow is told', () => {
  const found = (nodes: string) => {
    const read = flow(
      `inputs: { type: object, properties: { n: { type: integer }, s: { type: string } } }\nnodes:\n${nodes}`,
    );
    expect(told(read.issues.filter(({ severity }) => severity === 'error'))).toEqual([]);
    return told(checkWorld(read, world));
  };

  test.each<[string, string, readonly string[]]>([
    [
      'tools that are not there',
      '  a: { tool: weather__get_wether }\n',
      ['3 nodes.a.tool error: there is no tool weather__get_wether. Did you mean weather__get_weather?'],
    ],
    [
      'that a tool is not listed',
      '  a: { tool: quiet__any, arguments: { x: 1 } }\n',
      ['3 nodes.a.tool warning: no server lists quiet__any.'],
    ],
    [
      'that it calls itself',
      '  a: { tool: flows__test }\n',
      ['3 nodes.a.tool error: a flow calls no other flow'],
    ],
    [
      'arguments that are missing, unknown or of another kind',
      '  a:\n    tool: weather__get_weather\n    arguments:\n      days: 12\n      town: Oslo\n',
      [
        '5 nodes.a.arguments error: the tool needs city',
        '6 nodes.a.arguments.days error: days has to be at most 9',
        '7 nodes.a.arguments.town error: the tool has no argument town.',
      ],
    ],
    [
      'values of another type',
      '  a:\n    tool: weather__get_weather\n    arguments: { city: "${inputs.n}", days: "${inputs.n}" }\n',
      ['5 nodes.a.arguments.city error: city has to be string, and ${inputs.n} is integer'],
    ],
    [
      'what an output does not have',
      '  a:\n    tool: weather__get_weather\n    arguments: { city: Oslo }\n  b:\n    messages: ${nodes.a.output.days[0].hihg} ${nodes.a.output.days.high}\n',
      [
        '7 nodes.b.messages error: nodes.a.output.days[0] has no hihg. Did you mean high?',
        '7 nodes.b.messages error: nodes.a.output.days is a list and has no high',
      ],
    ],
    [
      'templates and their arguments',
      '  a: { prompt: shrot }\n  b: { prompt: short, arguments: { texts: x } }\n  c: { prompt: broken }\n',
      [
        '3 nodes.a.prompt error: there is no prompt template shrot. Did you mean short?',
        '4 nodes.b.arguments error: the template needs text',
        '4 nodes.b.arguments.texts error: the template has no argument texts. Did you mean text?',
        '5 nodes.c.prompt error: the prompt template broken cannot be used',
      ],
    ],
    [
      'values that a template does not take',
      '  a: { prompt: toned, arguments: { tone: loud, times: 1.5 } }\n  b: { prompt: toned, arguments: { tone: warm, times: 2 } }\n  c: { prompt: toned, arguments: { tone: "${inputs.s}", times: "${inputs.n}" } }\n',
      [
        '3 nodes.a.arguments.tone error: tone has to be one of warm, cool',
        '3 nodes.a.arguments.times error: times has to be of the type integer',
      ],
    ],
    [
      'models that are not there',
      '  a: { messages: Hi, model: other/one }\n',
      ['3 nodes.a.model error: there is no model other/one'],
    ],
    [
      'that a second try may do a thing twice',
      '  a: { tool: weather__get_weather, arguments: { city: Oslo }, retries: 1 }\n',
      ['3 nodes.a.retries warning: weather__get_weather changes things: a second try may do it twice'],
    ],
  ])('%s', (_, nodes, issues) => {
    expect(found(nodes)).toEqual(issues);
  });
});

test('a whole number that no double holds is the text of its digits, as in all that flows are given', () => {
  const { document } = flow(
    'nodes:\n  a:\n    tool: x__y\n    arguments: { id: 9007199254740993, page: 2 }\n',
  );
  expect(document?.nodes['a']).toMatchObject({ arguments: { id: '9007199254740993', page: 2 } });
});
