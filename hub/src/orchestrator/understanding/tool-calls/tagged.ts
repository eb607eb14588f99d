import { callOf, callsInValue, joined, NOTHING, readCall, type Reading } from './call-shapes.ts';
import { parameterSchema, textToValue, type KnownTool, type KnownTools } from './known-tools.ts';
import { readLooseJson } from './loose-json.ts';

/** A stretch of a text, and the calls in it. */
export interface Finding extends Reading {
  readonly start: number;
  readonly end: number;
}

/** Marks that models are trained to put around their calls: what stands between them is meant as one. */
const MARKS: readonly (readonly [opening: RegExp, closing: RegExp])[] = [
  [
    /<(?:tool_calls?|function_calls?|functioncall|tool_use|tools?_code)>/gi,
    /<\/(?:tool_calls?|function_calls?|functioncall|tool_use|tools?_code)>/gi,
  ],
  [
    /<\|tool_calls?(?:_start|_begin|_section_begin)?\|>/gi,
    /<\|(?:\/tool_call|tool_calls?_(?:end|section_end)|eom_id|eot_id|im_end|end)\|>/gi,
  ],
  [/<\|python_tag\|>/gi, /<\|(?:eom_id|eot_id)\|>/gi],
  [/\[TOOL_CALLS\]|\bfunctools(?=\s*\[)/g, /<\/s>/g],
  [/<｜tool[▁_]calls?[▁_]begin｜>/g, /<｜tool[▁_]calls?[▁_]end｜>/g],
];

const FUNCTION_TAG = /<(?:function|invoke|tool)(?:=|\s+name\s*=\s*)["']?([\w.:/-]+)["']?\s*\/?>/gi;
const FUNCTION_END = /<\/(?:function|invoke|tool)>/gi;
const PARAMETER =
  /<(?:parameter|param|arg)(?:=|\s+name\s*=\s*)["']?([\w.$-]+)["']?[^>]{0,40}>([^]*?)<\/(?:parameter|param|arg)>/gi;
const ARGUMENT_PAIR = /<arg_key>([^<]{1,200})<\/arg_key>\s*<arg_value>([^]*?)<\/arg_value>/gi;
/** `get_weather` and what belongs to it: GLM's pairs, Mistral's `[ARGS]`, DeepSeek's separator, Kimi's `:0`. */
const NAMED =
  /^\s*(?:(?:function|tool)?<｜tool[▁_]sep｜>)?\s*(?:functions\.)?([\w.:/-]+?)(?::\d+)?\s*(?:\[CALL_ID\]\w*\s*)?(?:\[ARGS\]|<｜tool[▁_]sep｜>|<\|tool_call_argument_begin\|>|(?=[\s{<]|$))\s*(?:```(?:json)?\s*)?/i;
/** OpenAI's harmony: `<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{…}<|call|>`. */
const HARMONY = /<\|channel\|>\s*\w+\s+to=(?:functions\.)?([\w.-]+)[^{]{0,80}<\|message\|>/gi;
const HARMONY_END = /<\|(?:call|end|return)\|>/gi;
const REACT =
  /^[ \t]*\**Action\**[ \t]*:[ \t]*\**[ \t]*`?([\w.:/-]+)`?[ \t]*\r?\n+[ \t]*\**Action Input\**[ \t]*:[ \t]*(?:```(?:json)?\s*)?/gim;

/** More marks than this in one answer are noise. */
const MOST_FINDINGS = 64;

/** Calls between the marks that models were trained to put around them. */
export function taggedCalls(text: string, tools: KnownTools): readonly Finding[] {
  const found: Finding[] = [];
  const add = (finding: Finding) => {
    const isNew = found.every(({ start, end }) => finding.end <= start || finding.start >= end);
    if (isNew && finding.calls.length + finding.unknown.length > 0) found.push(finding);
  };
  for (const [opening, closing] of MARKS) {
    for (const { start, bodyStart, bodyEnd, end } of enclosed(text, opening, closing))
      add({ start, end, ...readBody(text.slice(bodyStart, bodyEnd), tools) });
  }
  for (const [opening, closing] of [
    [FUNCTION_TAG, FUNCTION_END],
    [HARMONY, HARMONY_END],
  ] as const) {
    for (const { start, bodyStart, bodyEnd, end, name } of enclosed(text, opening, closing))
      add({ start, end, ...readNamed(name, text.slice(bodyStart, bodyEnd), tools) });
  }
  for (const { start, bodyStart, name } of enclosed(text, REACT)) {
    const value = readLooseJson(text, bodyStart);
    const tool = tools.find(name);
    if (tool && value) add({ start, end: value.end, ...callOf(tool, value.value) });
  }
  return found;
}

interface Enclosed {
  readonly start: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly end: number;
  readonly name: string;
}

/** What stands between each opening mark and its closing one, the next opening one or the end of the text. */
function enclosed(text: string, opening: RegExp, closing?: RegExp): Enclosed[] {
  const heads = [...text.matchAll(opening)].slice(0, MOST_FINDINGS);
  return heads.map((head, index) => {
    const bodyStart = head.index + head[0].length;
    const next = heads[index + 1]?.index ?? text.length;
    const tail = closing && new RegExp(closing).exec(text.slice(bodyStart, next + 1));
    const bodyEnd = tail ? bodyStart + tail.index : next;
    const end = tail ? bodyEnd + tail[0].length : next;
    return { start: head.index, bodyStart, bodyEnd, end, name: head[1] ?? '' };
  });
}

/** Calls in what stands between marks: tags, JSON values one after another, code, or a name and its arguments. */
function readBody(body: string, tools: KnownTools): Reading {
  const inner = enclosed(body, FUNCTION_TAG, FUNCTION_END);
  if (inner.length > 0)
    return joined(
      inner.map(({ name, bodyStart, bodyEnd }) => readNamed(name, body.slice(bodyStart, bodyEnd), tools)),
    );
  const separate = body.split(
    /<｜tool[▁_]calls?[▁_](?:begin|end)｜>|<\|tool_call_(?:begin|end)\|>|<\/?(?:tool_call|function_call)>/i,
  );
  if (separate.length > 1) return joined(separate.map((part) => readBody(part, tools)));
  const values = readValues(body, tools);
  if (values.calls.length + values.unknown.length > 0) return values;
  const code = readCode(body, tools);
  if (code.calls.length > 0) return code;
  const named = NAMED.exec(body);
  return named?.[1] === undefined ? NOTHING : readNamed(named[1], body.slice(named[0].length), tools);
}

function readValues(body: string, tools: KnownTools): Reading {
  const readings: Reading[] = [];
  let at = body.search(/[[{]/);
  if (at < 0 || /\w/.test(body.slice(0, at).replace(/```\w*/, ''))) return NOTHING;
  while (at >= 0 && readings.length < MOST_FINDINGS) {
    const read = readLooseJson(body, at);
    if (!read) break;
    readings.push(callsInValue(read.value, tools));
    const next = /^[\s,;]*(?=[[{])/.exec(body.slice(read.end));
    at = next ? read.end + next[0].length : -1;
  }
  return joined(readings);
}

/** Code that is nothing but calls: `f(a=1)`, one a line or in a list; comments are passed over. */
export function readCode(code: string, tools: KnownTools): Reading {
  const body = code
    .replace(/^\s*\[(?=\s*[\p{L}_])/u, '')
    .replace(/\]\s*$/, (end) => (/^\s*\[/.test(code) ? '' : end));
  const readings: Reading[] = [];
  let at = 0;
  for (;;) {
    at += /^(?:[\s,;]+|#[^\n]*|print\(\w+\))*/.exec(body.slice(at))?.[0].length ?? 0;
    if (at >= body.length) return joined(readings);
    const call = readings.length < MOST_FINDINGS ? readCall(body, at, tools) : undefined;
    if (!call) return NOTHING;
    readings.push(call);
    at = call.end;
  }
}

/** A call whose name stood in a tag: its arguments are JSON, or tags of their own. */
function readNamed(name: string, body: string, tools: KnownTools): Reading {
  const tool = tools.find(name);
  if (!tool) return { calls: [], unknown: [name] };
  const pairs = [...body.matchAll(PARAMETER), ...body.matchAll(ARGUMENT_PAIR)];
  if (pairs.length > 0) return callOf(tool, valuesOf(tool, pairs));
  const start = body.search(/[{[]/);
  if (start < 0) return /[\p{L}\p{N}]/u.test(body.replace(/<[^>]*>/g, '')) ? NOTHING : callOf(tool, {});
  const read = readLooseJson(body, start);
  return read ? callOf(tool, read.value) : NOTHING;
}

/** Arguments by what was written between their tags. */
export function valuesOf(tool: KnownTool, pairs: readonly RegExpMatchArray[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map(([, key = '', text = '']) => {
      const name = key.trim();
      return [name, textToValue(text.replace(/^\r?\n|\r?\n$/g, ''), parameterSchema(tool, name))];
    }),
  );
}
