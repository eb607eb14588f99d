import { isMembers } from '../../../kernel/protocol/members.ts';
import { parameterNames, type KnownTool, type KnownTools } from './known-tools.ts';
import { readLooseJson, readLoosely, type LooseReader } from './loose-json.ts';

/** A call as it was meant; `arguments` is JSON text of an object. */
export interface RecoveredCall {
  readonly name: string;
  readonly arguments: string;
}

/** Calls that stand in one stretch of a text. */
export interface Reading {
  readonly calls: readonly RecoveredCall[];
  /** Names that were called and belong to no tool. */
  readonly unknown: readonly string[];
}

export const NOTHING: Reading = { calls: [], unknown: [] };

const NAME_KEYS = [
  'name',
  'tool',
  'tool_name',
  'toolName',
  'function_name',
  'function',
  'recipient_name',
  'action',
];
const ARGUMENT_KEYS = [
  'arguments',
  'parameters',
  'args',
  'params',
  'input',
  'kwargs',
  'tool_input',
  'toolInput',
  'tool_arguments',
  'action_input',
];
const LIST_KEYS = ['tool_calls', 'toolCalls', 'tool_uses', 'function_calls', 'calls'];
const WRAPPING_KEYS = ['function_call', 'tool_call', 'toolCall', 'functionCall', 'function', 'tool'];

/** Wrappings around one call: more is no call. */
const DEEPEST = 4;

/** Calls that a value describes, in any of the shapes models were trained on; nothing where it describes none. */
export function callsInValue(value: unknown, tools: KnownTools, depth = 0): Reading {
  if (depth > DEEPEST) return NOTHING;
  if (Array.isArray(value)) return joined(value.map((item) => callsInValue(item, tools, depth + 1)));
  if (!isMembers(value)) return NOTHING;
  for (const key of LIST_KEYS)
    if (Array.isArray(value[key])) return callsInValue(value[key], tools, depth + 1);
  for (const key of WRAPPING_KEYS)
    if (isMembers(value[key])) return callsInValue(value[key], tools, depth + 1);
  return namedCall(value, tools) ?? keyedCall(value, tools);
}

/** `{"name": "x", "arguments": {…}}` and its relatives. */
function namedCall(value: Readonly<Record<string, unknown>>, tools: KnownTools): Reading | undefined {
  const key = NAME_KEYS.find((name) => typeof value[name] === 'string');
  if (key === undefined) return undefined;
  const name = String(value[key]);
  const held = ARGUMENT_KEYS.find((name) => value[name] !== undefined);
  const tool = tools.find(name);
  if (!tool) return held === undefined ? undefined : { calls: [], unknown: [name] };
  if (held !== undefined) return callOf(tool, value[held]);
  // Without a member for them the other members are the arguments: `{"tool": "x", "city": "Paris"}`.
  const { [key]: _, type: _type, id: _id, ...rest } = value;
  const own = parameterNames(tool);
  return Object.keys(rest).every((member) => own.includes(member)) ? callOf(tool, rest) : undefined;
}

/** `{"get_weather": {"city": "Paris"}}`. */
function keyedCall(value: Readonly<Record<string, unknown>>, tools: KnownTools): Reading {
  const members = Object.entries(value).map(([name, given]) => ({ tool: tools.find(name), given }));
  const calls = members.flatMap(({ tool, given }) =>
    tool && isMembers(given) ? callOf(tool, given).calls : [],
  );
  return calls.length === members.length ? { calls, unknown: [] } : NOTHING;
}

/** One call with arguments that are an object or JSON text of one; nothing where they are neither. */
export function callOf(tool: KnownTool, given: unknown): Reading {
  const value =
    typeof given === 'string' ? (given.trim() === '' ? {} : readLooseJson(given)?.value) : (given ?? {});
  if (!isMembers(value)) return NOTHING;
  return { calls: [{ name: tool.name, arguments: JSON.stringify(value) }], unknown: [] };
}

/** Several readings as one. */
export function joined(readings: readonly Reading[]): Reading {
  return {
    calls: readings.flatMap(({ calls }) => calls),
    unknown: readings.flatMap(({ unknown }) => unknown),
  };
}

const CALL_START =
  /\s*(?:[\p{L}_]\w*\s*=\s*)?(?:await\s+)?(?:print\s*\(\s*)?(?:(?:functions|default_api|tools|api)\.)?([\p{L}_][\w.-]*)\s*\(/uy;

export interface WrittenCall extends Reading {
  /** Behind the closing parenthesis. */
  readonly end: number;
}

/** A call as code, such as `get_weather(city="Paris")`, with literals only; undefined where none stands at `start`. */
export function readCall(text: string, start: number, tools: KnownTools): WrittenCall | undefined {
  CALL_START.lastIndex = start;
  const head = CALL_START.exec(text);
  const tool = head?.[1] === undefined ? undefined : tools.find(head[1]);
  if (!head || !tool) return undefined;
  const printed = /print\s*\(/.test(head[0]);
  const read = readLoosely(text, start + head[0].length, (reader) => {
    const given = readArguments(reader, parameterNames(tool));
    if (printed && !reader.passes(')')) reader.fail();
    return given;
  });
  return read && { ...callOf(tool, read.value), end: read.end };
}

function readArguments(reader: LooseReader, names: readonly string[]): unknown {
  const members: [string, unknown][] = [];
  while (!reader.passes(')')) {
    const start = reader.at;
    const key = reader.word();
    if (key !== undefined && (reader.passes('=') || reader.passes(':'))) members.push([key, reader.value(0)]);
    else {
      reader.at = start;
      const value = reader.value(0);
      // `f({"city": "Paris"})`: all arguments as one object.
      if (members.length === 0 && isMembers(value) && reader.passes(')')) return value;
      members.push([names[members.length] ?? reader.fail(), value]);
    }
    if (!reader.passes(',') && !reader.closes(')')) reader.fail();
  }
  return Object.fromEntries(members);
}
