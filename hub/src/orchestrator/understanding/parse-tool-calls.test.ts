import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { parseToolCalls, type KnownTool } from './parse-tool-calls.ts';

const tool = (name: string, properties: Record<string, object>): KnownTool => ({
  name,
  parameters: { type: 'object', properties },
});
const TOOLS: readonly KnownTool[] = [
  tool('get_weather', { city: { type: 'string' }, days: { type: 'integer' }, units: { type: 'string' } }),
  tool('create_note', { text: { type: 'string' }, tags: { type: 'array' }, pinned: { type: 'boolean' } }),
  tool('list_items', {}),
  tool('calendar__next-event', { day: { type: 'string' } }),
];
const callsOf = (text: string): [string, unknown][] =>
  parseToolCalls(text, TOOLS).calls.map((call): [string, unknown] => [call.name, JSON.parse(call.arguments)]);

const PARIS = ['get_weather', { city: 'Paris' }];
const PARIS_3 = ['get_weather', { city: 'Paris', days: 3 }];
const LIST = ['list_items', {}];

/** As models write their calls: the formats of their training, and what becomes of them in small ones. */
const CALLS: readonly (readonly [how: string, text: string, calls: readonly unknown[]])[] = [
  ['bare JSON', '{"name": "get_weather", "arguments": {"city": "Paris"}}', [PARIS]],
  ['arguments as text', '{"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\"}"}', [PARIS]],
  [
    'a fence',
    'I will look.\n```json\n{"name": "get_weather", "parameters": {"city": "Paris"}}\n```\nDone.',
    [PARIS],
  ],
  ['a fence without an end', '```json\n{"tool": "get_weather", "args": {"city": "Paris"}}', [PARIS]],
  ['a fence of tildes', '~~~\n{"tool": "get_weather", "input": {"city": "Paris"}}\n~~~', [PARIS]],
  [
    'two values in a fence',
    '```json\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n{"name": "list_items", "arguments": {}}\n```',
    [PARIS, LIST],
  ],
  [
    'a list',
    '[{"name": "get_weather", "arguments": {"city": "Paris"}}, {"name": "list_items", "arguments": {}}]',
    [PARIS, LIST],
  ],
  [
    'OpenAI’s message',
    '{"tool_calls": [{"id": "1", "type": "function", "function": {"name": "get_weather", "arguments": "{\\"city\\":\\"Paris\\"}"}}]}',
    [PARIS],
  ],
  ['function_call', '{"function_call": {"name": "get_weather", "arguments": {"city": "Paris"}}}', [PARIS]],
  [
    'multi_tool_use',
    '{"tool_uses": [{"recipient_name": "functions.get_weather", "parameters": {"city": "Paris"}}]}',
    [PARIS],
  ],
  ['the name as the key', '{"get_weather": {"city": "Paris"}}', [PARIS]],
  ['arguments beside the name', '{"tool": "get_weather", "city": "Paris", "days": 3}', [PARIS_3]],
  ['action', '{"action": "get_weather", "action_input": {"city": "Paris"}}', [PARIS]],
  ['Hermes', '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>', [PARIS]],
  [
    'Hermes twice',
    '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>\n<tool_call>{"name": "list_items", "arguments": {}}</tool_call>',
    [PARIS, LIST],
  ],
  [
    'Hermes without an end',
    'Let me check.<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}',
    [PARIS],
  ],
  [
    'Hermes in the middle of words',
    'I use <tool_call>{"name":"get_weather","arguments":{"city":"Paris"}}</tool_call> now.',
    [PARIS],
  ],
  [
    'Hermes with Python’s quotes',
    "<tool_call>{'name': 'get_weather', 'arguments': {'city': 'Paris'}}</tool_call>",
    [PARIS],
  ],
  ['Llama 3.1', '<function=get_weather>{"city": "Paris"}</function>', [PARIS]],
  ['Llama 3.1 without an end', '<function=get_weather>{"city": "Paris"}', [PARIS]],
  [
    'Llama’s python tag',
    '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Paris"}}<|eom_id|>',
    [PARIS],
  ],
  ['Llama’s list of calls', '[get_weather(city="Paris", days=3), list_items()]', [PARIS_3, LIST]],
  [
    'Qwen coder',
    '<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>',
    [PARIS_3],
  ],
  [
    'invoke',
    '<function_calls>\n<invoke name="get_weather">\n<parameter name="city">Paris</parameter>\n</invoke>\n</function_calls>',
    [PARIS],
  ],
  [
    'GLM',
    '<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>',
    [PARIS_3],
  ],
  ['Mistral', '[TOOL_CALLS] [{"name": "get_weather", "arguments": {"city": "Paris"}}]', [PARIS]],
  ['Mistral with a name before', '[TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}', [PARIS]],
  ['Granite', '<|tool_call|>[{"name": "get_weather", "arguments": {"city": "Paris"}}]', [PARIS]],
  ['Phi', 'functools[{"name": "get_weather", "arguments": {"city": "Paris"}}]', [PARIS]],
  ['LFM', '<|tool_call_start|>[get_weather(city="Paris")]<|tool_call_end|>', [PARIS]],
  [
    'DeepSeek',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{"city": "Paris"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    [PARIS],
  ],
  [
    'Kimi',
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city": "Paris"}<|tool_call_end|><|tool_calls_section_end|>',
    [PARIS],
  ],
  [
    'harmony',
    '<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city":"Paris"}<|call|>',
    [PARIS],
  ],
  [
    'ReAct',
    'Thought: I need the weather.\nAction: get_weather\nAction Input: {"city": "Paris"}\nObservation: sunny',
    [PARIS],
  ],
  ['Gemma', '```tool_code\nprint(get_weather(city="Paris"))\n```', [PARIS]],
  ['a variable', '```python\nresult = get_weather(city="Paris", days=3)\nprint(result)\n```', [PARIS_3]],
  ['values by place', 'get_weather("Paris", 3)', [PARIS_3]],
  ['an object as the only value', 'get_weather({"city": "Paris"})', [PARIS]],
  ['a namespace', 'default_api.get_weather(city="Paris")', [PARIS]],
  ['code on a line of its own', 'Let me see.\n\nget_weather(city="Paris")\n', [PARIS]],
  [
    'tags of the tool’s own name',
    '<get_weather>\n<city>Paris</city>\n<days>3</days>\n</get_weather>',
    [PARIS_3],
  ],
  ['a name with other signs', '{"name": "Get-Weather", "arguments": {"city": "Paris"}}', [PARIS]],
  [
    'the hub’s own names',
    '{"name": "calendar.next_event", "arguments": {"day": "Monday"}}',
    [['calendar__next-event', { day: 'Monday' }]],
  ],
  [
    'after a colon',
    'Sure! Here is the call: {"name": "get_weather", "arguments": {"city": "Paris"}} Let me know.',
    [PARIS],
  ],
  ['quoted and with bullets', '- {"name": "get_weather", "arguments": {"city": "Paris"}}', [PARIS]],
  ['a comma too many', '{"name": "get_weather", "arguments": {"city": "Paris",},}', [PARIS]],
  ['a comma too few', '{"name": "get_weather" "arguments": {"city": "Paris"\n"days": 3}}', [PARIS_3]],
  ['keys without quotes', '{name: "get_weather", arguments: {city: "Paris"}}', [PARIS]],
  ['a bracket too few', '{"name": "get_weather", "arguments": {"city": "Paris"}', [PARIS]],
  ['two brackets too few', '{"name": "get_weather", "arguments": {"city": "Paris"', [PARIS]],
  ['a bracket too many', '{"name": "get_weather", "arguments": {"city": "Paris"}}}', [PARIS]],
  ['curly quotes', '{“name”: “get_weather”, “arguments”: {“city”: “Paris”}}', [PARIS]],
  ['comments', '{"name": "get_weather", // the tool\n"arguments": {"city": "Paris"} /* yes */}', [PARIS]],
  [
    'a line break in a string',
    '{"name": "create_note", "arguments": {"text": "one\ntwo"}}',
    [['create_note', { text: 'one\ntwo' }]],
  ],
  [
    'quotes in a string',
    '{"name": "create_note", "arguments": {"text": "he said "hello" to me"}}',
    [['create_note', { text: 'he said "hello" to me' }]],
  ],
  [
    'an apostrophe',
    "{'name': 'create_note', 'arguments': {'text': 'don't forget'}}",
    [['create_note', { text: "don't forget" }]],
  ],
  [
    'words of Python',
    "create_note(text='a', tags=['x', 'y'], pinned=True)",
    [['create_note', { text: 'a', tags: ['x', 'y'], pinned: true }]],
  ],
  ['three quotes', 'create_note(text="""one\ntwo""")', [['create_note', { text: 'one\ntwo' }]]],
  ['null for no arguments', '{"name": "list_items", "arguments": null}', [LIST]],
  ['no arguments at all', '<tool_call>{"name": "list_items"}</tool_call>', [LIST]],
  [
    'the same call twice',
    '{"name": "list_items", "arguments": {}}\n```json\n{"name": "list_items", "arguments": {}}\n```',
    [LIST],
  ],
  [
    'an id of many digits',
    '{"name": "create_note", "arguments": {"text": 12345678901234567890}}',
    [['create_note', { text: '12345678901234567890' }]],
  ],
  [
    'after a thought',
    '<think>maybe {"name": "list_items", "arguments": {}}</think>{"name": "get_weather", "arguments": {"city": "Paris"}}',
    [PARIS],
  ],
  [
    'unicode',
    '{"name": "get_weather", "arguments": {"city": "Z\\u00fcrich"}}',
    [['get_weather', { city: 'Zürich' }]],
  ],
];

test.each(CALLS)('a call is recovered from %s', (_, text, calls) => {
  verifies('P09');
  expect(callsOf(text)).toEqual(calls);
});

/** What speaks of calls, or looks like one, and is none. */
const PROSE: readonly string[] = [
  'It is 21 degrees in Paris.',
  'You could use get_weather(city="Paris") to find out.',
  'The tool `get_weather` takes a city, e.g. {"name": "get_weather", "arguments": {"city": "Paris"}}.',
  'For example:\n```json\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n```',
  'You can call it so:\n{"name": "get_weather", "arguments": {"city": "Paris"}}',
  'get_weather(city="Paris") returns the weather of a city.',
  '```python\nimport requests\nget_weather(city="Paris")\nprint("done")\n```',
  '```python\ncity = input()\nget_weather(city)\n```',
  'get_weather(city=where)',
  '{"city": "Paris", "temperature": 21}',
  '```json\n{"name": "Paris", "population": 2100000}\n```',
  '{"name": "delete_everything", "arguments": {}}',
  '<think>I should call {"name": "list_items", "arguments": {}}</think>Hello.',
  'The function list_items is not needed here.',
  '{"name": "create_note", "arguments": {"text": "and then the',
  '{"name": "get_weather", "arguments": {"city": "Paris", "days": 1',
  'get_weather(city="Paris"',
  '<p>get_weather</p>',
  'Use [get_weather](https://example.com) for that.',
  '{"tools": ["get_weather", "list_items"]}',
  'def get_weather(city):\n    return 1',
];

test.each(PROSE)('no call is made of %j', (text) => {
  verifies('P09');
  expect(parseToolCalls(text, TOOLS)).toEqual({ calls: [], unknown: [], text });
});

test('what was said beside the calls is kept', () => {
  expect(
    parseToolCalls('I look.\n```json\n{"name": "list_items", "arguments": {}}\n```\nWait.', TOOLS).text,
  ).toBe('I look.\n\nWait.');
});

test('a name that no tool has is told, when it stands between marks', () => {
  expect(parseToolCalls('<tool_call>{"name": "get_time", "arguments": {}}</tool_call>', TOOLS)).toEqual({
    calls: [],
    unknown: ['get_time'],
    text: '',
  });
});

/** A small generator of numbers, so that a failure can be had again. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

const WRAPPINGS: readonly ((name: string, json: string) => string)[] = [
  (name, json) => `{"name": "${name}", "arguments": ${json}}`,
  (name, json) => `Let me do that.\n\n\`\`\`json\n{"tool": "${name}", "parameters": ${json}}\n\`\`\``,
  (name, json) => `<tool_call>{"name": "${name}", "arguments": ${json}}</tool_call>`,
  (name, json) => `<function=${name}>${json}</function>`,
  (name, json) => `[TOOL_CALLS] [{"name": "${name}", "arguments": ${json}}]`,
  (name, json) => `Action: ${name}\nAction Input: ${json}`,
  (name, json) => `${name}(${json})`,
];

test('any arguments come back through every wrapping, and so do they when it is a little broken', () => {
  verifies('P09');
  const next = numbersFrom(7);
  const strings = [
    '',
    'a',
    'Paris, France',
    '"quoted"',
    'a: b',
    '{x}',
    '[1]',
    'line\nbreak',
    '日本',
    '\\',
    'e.g. this',
    '</p>',
  ];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] ?? list[0]!;
  const value = (depth: number): unknown => {
    const kind = Math.floor(next() * (depth > 2 ? 4 : 6));
    if (kind < 2) return pick(strings);
    if (kind === 2) return Math.round(next() * 1e6) / 100;
    if (kind === 3) return pick([true, false, null]);
    const size = Math.floor(next() * 4);
    if (kind === 4) return Array.from({ length: size }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length: size }, (_, at) => [`key${at}`, value(depth + 1)]));
  };
  for (let round = 0; round < 2000; round += 1) {
    const given = { text: pick(strings), tags: value(0) };
    const json = JSON.stringify(given, null, next() < 0.5 ? 2 : 0);
    const broken = next() < 0.5 ? json : json.replace(/\}$/, ',}').replace('"text":', 'text :');
    const text = pick(WRAPPINGS)('create_note', broken);
    expect({ text, calls: callsOf(text) }).toEqual({ text, calls: [['create_note', given]] });
  }
});

test('noise of brackets, quotes and names ends quickly and in no error', () => {
  verifies('P09');
  const next = numbersFrom(11);
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '"',
    "'",
    ',',
    ':',
    '\n',
    '```',
    '```json\n',
    '<tool_call>',
    '</tool_call>',
    '<function=get_weather>',
    'get_weather',
    '"name"',
    '"arguments"',
    ' ',
    '\\',
    '<|python_tag|>',
    '[TOOL_CALLS]',
    'Action: ',
    '1',
    'true',
    '__proto__',
  ];
  for (let round = 0; round < 3000; round += 1) {
    const length = Math.floor(next() * 60);
    const text = Array.from({ length }, () => pieces[Math.floor(next() * pieces.length)]).join('');
    for (const call of parseToolCalls(text, TOOLS).calls)
      expect(TOOLS.map(({ name }) => name)).toContain(call.name);
  }
  const long = [
    '{"name":'.repeat(100_000),
    '['.repeat(500_000),
    'get_weather('.repeat(20_000),
    '"'.repeat(300_000),
    '<tool_call>'.repeat(50_000),
    `get_weather ${'\n{ "a'.repeat(50_000)}`,
    `get_weather${'\n```'.repeat(50_000)}`,
  ];
  for (const text of long) expect(parseToolCalls(text, TOOLS).calls).toEqual([]);
});
